import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The app that `npm run dev` starts beside this. */
const server = `http://localhost:${process.env.PORT ?? 3000}`;

export default defineConfig({
  plugins: [react()],
  build: { outDir: '../dist/web', emptyOutDir: true },
  server: { proxy: { '/api': server, '/health': server, '/webhooks': server } },
});
