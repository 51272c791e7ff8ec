import { declare } from '../../../src/programs/declaration.ts';

const CERTIFICATE =
  'openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=box -days 2 -keyout /srv/app/key.pem -out /srv/app/cert.pem && cat /srv/app/key.pem /srv/app/cert.pem >/srv/app/both.pem';

/** Web servers and proxies. */
export default declare('web', {
  nginx: {
    debian: 'nginx-light',
    run: 'nginx',
    says: ['tcp 0.0.0.0:80', 'tcp [::]:80'],
    where: '/etc/nginx/sites-available/default: `listen 80` and `listen [::]:80`',
    late: { file: '/etc/nginx/sites-available/default', from: 'listen 80 ', to: 'listen {address}:80 ' },
  },
  apache2: {
    debian: 'apache2',
    run: 'apache2ctl -D FOREGROUND',
    says: ['tcp *:80'],
    where: '/etc/apache2/ports.conf: `Listen 80`; httpd.apache.org/docs/2.4/bind.html: all addresses without one',
    late: { file: '/etc/apache2/ports.conf', from: 'Listen 80', to: 'Listen {address}:80' },
  },
  'caddy run': {
    debian: 'caddy',
    run: 'caddy run --config /etc/caddy/Caddyfile',
    says: ['tcp *:80', 'tcp localhost:2019'],
    where: '/etc/caddy/Caddyfile: `:80`; caddyserver.com/docs/api: the admin API is at localhost:2019',
    late: { file: '/etc/caddy/Caddyfile', from: ':80 {', to: 'http://:80 {\n bind {address}' },
  },
  'caddy file-server': {
    debian: 'caddy',
    run: 'caddy file-server --listen :2015',
    says: ['tcp *:2015'],
    where: 'caddyserver.com/docs/caddyfile/directives/bind: the wildcard interface where nothing else is said',
    late: 'caddy file-server --listen {address}:2015',
  },
  haproxy: {
    debian: 'haproxy',
    run: 'haproxy -W -db -f /etc/haproxy/haproxy.cfg',
    prepare: ['mkdir -p /run/haproxy'],
    says: [],
    where: '/etc/haproxy/haproxy.cfg: no `bind`, only a local socket',
  },
  'haproxy bind': {
    debian: 'haproxy',
    run: 'haproxy -db -f /srv/app/haproxy.cfg',
    files: {
      '/srv/app/haproxy.cfg':
        'defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\nfrontend f\n bind :8080\n',
    },
    says: ['tcp 0.0.0.0:8080'],
    where: 'the configuration manual of HAProxy, 4.2 `bind`: all IPv4 addresses where none is given',
    late: { file: '/srv/app/haproxy.cfg', from: 'bind :8080', to: 'bind {address}:8080' },
  },
  lighttpd: {
    debian: 'lighttpd',
    run: 'lighttpd -D -f /etc/lighttpd/lighttpd.conf',
    prepare: ['install -d -o www-data -g www-data /run/lighttpd'],
    says: ['tcp 0.0.0.0:80', 'tcp [::]:80'],
    where: '/etc/lighttpd/lighttpd.conf: `server.port = 80`, and use-ipv6.pl for [::]:80',
  },
  varnish: {
    debian: 'varnish',
    run: 'varnishd -j unix,user=vcache -F -a :6081 -T localhost:6082 -f /etc/varnish/default.vcl -S /etc/varnish/secret -s malloc,64m',
    says: ['tcp *:6081', 'tcp localhost:6082'],
    where: 'varnishd(1): -a without a host is all IPv4 and IPv6 interfaces; varnish.service: -T localhost:6082',
    limit: 60,
    settle: 3,
  },
  squid: {
    debian: 'squid',
    run: 'squid --foreground -sYC',
    prepare: ['install -d -o proxy -g proxy /run/squid'],
    says: ['tcp *:3128'],
    where: '/etc/squid/squid.conf: `http_port 3128`, without a host',
    settle: 3,
    limit: 60,
  },
  tinyproxy: {
    debian: 'tinyproxy-bin tinyproxy',
    run: 'tinyproxy -d',
    prepare: ['install -d -o tinyproxy -g tinyproxy /run/tinyproxy'],
    says: ['tcp 0.0.0.0:8888'],
    where: 'tinyproxy.conf(5), `Listen`: the wildcard address 0.0.0.0 by default',
  },
  stunnel: {
    debian: 'stunnel4 openssl',
    run: 'stunnel4 /srv/app/stunnel.conf',
    build: CERTIFICATE,
    files: {
      '/srv/app/stunnel.conf':
        'foreground = yes\ncert = /srv/app/both.pem\n[s]\naccept = 4433\nconnect = 127.0.0.1:80\n',
    },
    says: ['tcp 0.0.0.0:4433'],
    where: 'stunnel(8), `accept`: all IPv4 addresses where no host is given',
    late: { file: '/srv/app/stunnel.conf', from: 'accept = 4433', to: 'accept = {address}:4433' },
  },
  hitch: {
    debian: 'hitch openssl',
    run: 'hitch --user=_hitch --backend=[127.0.0.1]:80 --frontend=[*]:8443 /srv/app/both.pem',
    build: CERTIFICATE,
    says: ['tcp *:8443'],
    where: 'hitch(8), --frontend: * is every interface',
    late: 'hitch --user=_hitch --backend=[127.0.0.1]:80 --frontend=[{address}]:8443 /srv/app/both.pem',
  },
});
