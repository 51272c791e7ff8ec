import { declare } from '../../../src/programs/declaration.ts';

const LISTENING = "() => console.log('listening')";

/** What is installed from npm: servers for developing, and frameworks. */
export default declare('npm', {
  vite: {
    npm: 'vite@8.3.8',
    run: 'node_modules/.bin/vite',
    says: ['tcp localhost:5173'],
    where: 'vite.dev/config/server-options: `server.host` is localhost, `server.port` is 5173',
    limit: 60,
    late: 'node_modules/.bin/vite --host {address}',
  },
  'vite --host': {
    npm: 'vite@8.3.8',
    run: 'node_modules/.bin/vite --host',
    says: ['tcp *:5173'],
    where: 'vite.dev/config/server-options: `server.host` as true is all addresses, LAN and public ones included',
    limit: 60,
  },
  'webpack serve': {
    npm: 'webpack@5.113.0 webpack-cli@7.3.1 webpack-dev-server@6.1.0',
    run: 'node_modules/.bin/webpack serve --mode development',
    files: { '/srv/app/src/index.js': 'console.log(1);\n' },
    says: ['tcp localhost:8080'],
    where: 'webpack.js.org/configuration/dev-server, `host`: to be reached from outside, it has to be set to 0.0.0.0',
    limit: 60,
    late: 'node_modules/.bin/webpack serve --mode development --host {address}',
  },
  'next dev': {
    npm: 'next@16.4.6 react@19.3.1 react-dom@19.3.1',
    run: 'node_modules/.bin/next dev',
    files: {
      '/srv/app/app/page.js': 'export default function Page() { return <p>here</p>; }\n',
      '/srv/app/app/layout.js':
        'export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n',
    },
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    says: ['tcp 0.0.0.0:3000'],
    where: 'next dev --help: the hostname is 0.0.0.0 by default',
    limit: 60,
    settle: 3,
    late: 'node_modules/.bin/next dev -H {address}',
  },
  parcel: {
    npm: 'parcel@2.16.4',
    run: 'node_modules/.bin/parcel index.html',
    says: ['tcp *:1234'],
    where: 'parceljs.org/features/development: connections on all interfaces are accepted by default',
    limit: 60,
    settle: 3,
    late: 'node_modules/.bin/parcel --host {address} index.html',
  },
  'http-server': {
    npm: 'http-server@14.1.1',
    run: 'node_modules/.bin/http-server',
    says: ['tcp 0.0.0.0:8080'],
    where: 'README of http-server: -a is 0.0.0.0 by default',
    late: 'node_modules/.bin/http-server -a {address}',
  },
  serve: {
    npm: 'serve@14.2.7',
    run: 'node_modules/.bin/serve',
    says: ['tcp 0.0.0.0:3000'],
    where: 'serve --help: listens on 0.0.0.0:3000 by default',
    late: 'node_modules/.bin/serve -l tcp://{address}:3000',
  },
  'live-server': {
    npm: 'live-server@1.2.2',
    run: 'node_modules/.bin/live-server --no-browser',
    says: ['tcp 0.0.0.0:8080'],
    where: 'README of live-server: --host is 0.0.0.0 by default',
    late: 'node_modules/.bin/live-server --no-browser --host={address}',
  },
  'browser-sync': {
    npm: 'browser-sync@3.0.4',
    run: 'node_modules/.bin/browser-sync start --server --no-open',
    says: ['tcp *:3000', 'tcp *:3001'],
    where: 'browsersync.io/docs/options: an External and a UI External address are shown, port 3000 and 3001',
    limit: 60,
    settle: 3,
    late: 'node_modules/.bin/browser-sync start --server --no-open --listen {address}',
  },
  'json-server': {
    npm: 'json-server@0.17.4',
    run: 'node_modules/.bin/json-server db.json',
    files: { '/srv/app/db.json': '{"posts":[]}\n' },
    says: ['tcp localhost:3000'],
    where: 'README of json-server 0.17: --host is localhost by default',
    late: 'node_modules/.bin/json-server --host {address} db.json',
  },
  'esbuild --servedir': {
    npm: 'esbuild@0.28.2',
    run: 'node_modules/.bin/esbuild --servedir=.',
    says: ['tcp 0.0.0.0:8000'],
    where: 'esbuild.github.io/api/#serve-arguments: all IPv4 interfaces by default, port 8000 or the next one',
    late: 'node_modules/.bin/esbuild --servedir=. --serve={address}:8000',
  },
  sirv: {
    npm: 'sirv-cli@3.0.1',
    run: 'node_modules/.bin/sirv .',
    says: ['tcp localhost:8080'],
    where: 'README of sirv-cli: --host is localhost by default',
    late: 'node_modules/.bin/sirv . --host {address}',
  },
  express: {
    npm: 'express@5.3.0',
    run: 'node app.js',
    files: { '/srv/app/app.js': `require('express')().listen(3000, ${LISTENING});\n` },
    says: ['tcp [::]:3000'],
    where: 'expressjs.com/en/5x/api.html, `app.listen`: as http.Server.listen() of Node.js',
  },
  fastify: {
    npm: 'fastify@5.12.8',
    run: 'node app.js',
    files: { '/srv/app/app.js': `require('fastify')().listen({ port: 3000 }, ${LISTENING});\n` },
    says: ['tcp 127.0.0.1:3000', 'tcp [::1]:3000'],
    where: 'fastify.dev/docs/latest/Reference/Server, `listen`: localhost by default, every address of it',
  },
  koa: {
    npm: 'koa@3.3.0',
    run: 'node app.js',
    files: { '/srv/app/app.js': `new (require('koa'))().listen(3000, ${LISTENING});\n` },
    says: ['tcp [::]:3000'],
    where: 'koajs.com, `app.listen`: as http.Server.listen() of Node.js',
  },
  hono: {
    npm: 'hono@4.13.19 @hono/node-server@2.1.9',
    run: 'node app.mjs',
    files: {
      '/srv/app/app.mjs':
        "import { Hono } from 'hono';\nimport { serve } from '@hono/node-server';\nserve(new Hono(), () => console.log('listening'));\n",
    },
    says: null,
    where: 'README of @hono/node-server names port 3000, and no address',
  },
  'node --inspect': {
    run: "node --inspect -e 'setInterval(String,1e6)'",
    says: ['tcp 127.0.0.1:9229'],
    where: 'nodejs.org/api/cli.html, --inspect: 127.0.0.1:9229',
    late: "node --inspect={address}:9229 -e 'setInterval(String,1e6)'",
  },
});
