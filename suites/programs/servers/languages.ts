import { declare } from '../../../src/programs/declaration.ts';

/** What comes with Ruby, PHP and Perl, or is mostly used with them. */
export default declare('languages', {
  'ruby -run -e httpd': {
    debian: 'ruby-webrick ruby',
    run: '/usr/bin/ruby -run -e httpd . -p 8080',
    says: ['tcp *:8080'],
    where: 'the source of Ruby, lib/un.rb, httpd: --bind-address is all addresses by default',
    late: '/usr/bin/ruby -run -e httpd . -p 8080 -b {address}',
  },
  puma: {
    debian: 'puma',
    run: '/usr/bin/puma config.ru',
    files: { '/srv/app/config.ru': "run ->(_) { [200, {}, ['here']] }\n" },
    says: ['tcp 0.0.0.0:9292'],
    where: 'lib/puma/dsl.rb of puma, `bind`: the default is tcp://0.0.0.0:9292',
    limit: 60,
    late: '/usr/bin/puma -b tcp://{address}:9292 config.ru',
  },
  sinatra: {
    debian: 'ruby-sinatra ruby-webrick',
    run: '/usr/bin/ruby app.rb',
    files: { '/srv/app/app.rb': "require 'sinatra'\nset :server, 'webrick'\nget('/') { 'here' }\n" },
    says: ['tcp localhost:4567'],
    where: 'README of sinatra, `bind`: localhost in development',
    limit: 60,
    late: '/usr/bin/ruby app.rb -o {address}',
  },
  'php -S': {
    debian: 'php8.2-cli',
    run: '/usr/bin/php -S localhost:8000',
    says: ['tcp localhost:8000'],
    where: 'php.net/manual/en/features.commandline.webserver.php: localhost:8000',
    late: '/usr/bin/php -S {address}:8000',
  },
  'php-fpm': {
    debian: 'php8.2-fpm',
    run: "sh -c 'exec /usr/sbin/php-fpm8.2 -F'",
    prepare: ['mkdir -p /run/php'],
    says: [],
    where: '/etc/php/8.2/fpm/pool.d/www.conf: `listen` is a local socket',
  },
  'php-fpm on a port': {
    debian: 'php8.2-fpm',
    run: '/usr/sbin/php-fpm8.2 -F -y /srv/app/fpm.conf',
    files: {
      '/srv/app/fpm.conf':
        '[global]\nerror_log=/dev/stderr\n[www]\nuser=www-data\nlisten = 9000\npm = static\npm.max_children = 1\n',
    },
    says: ['tcp [::]:9000'],
    where: '/etc/php/8.2/fpm/pool.d/www.conf, `listen`: a port alone is all addresses, IPv6 and IPv4-mapped',
    late: { file: '/srv/app/fpm.conf', from: 'listen = 9000', to: 'listen = {address}:9000' },
  },
  'HTTP::Daemon': {
    debian: 'libhttp-daemon-perl',
    run: '/usr/bin/perl app.pl',
    files: {
      '/srv/app/app.pl':
        'use HTTP::Daemon; my $d = HTTP::Daemon->new(LocalPort => 8080) or die $!;\nwhile (my $c = $d->accept) { while (my $r = $c->get_request) { $c->send_error(404) } close $c }\n',
    },
    says: ['tcp *:8080'],
    where: 'HTTP::Daemon(3pm): LocalAddr undef is INADDR_ANY',
  },
});
