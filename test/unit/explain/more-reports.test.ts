import { expect, test } from 'vitest';
import { explain } from '../../../src/explain/explain.ts';

/** Where a public report is, the lines of the error that its author pasted, and what the answer says of it. */
const REPORTS: readonly (readonly [where: string, pasted: string, answer: RegExp])[] = [
  [
    'SimpleServer/SimpleServer#134',
    `[INFO] Starting Minecraft server on 127.0.0.1:25566
[WARNING] **** FAILED TO BIND TO PORT!
[WARNING] The exception was: java.net.BindException: Address already in use: JVM_Bind
[WARNING] Perhaps a server is already running on that port?`,
    /^In use: another socket has TCP port 25566/,
  ],
  [
    'FTBTeam/FTB-Continuum#581',
    `[DedicatedServer]: Starting Minecraft server on 75.97.37.163:25565
[DedicatedServer]: **** FAILED TO BIND TO PORT!
[DedicatedServer]: The exception was: java.net.BindException: Cannot assign requested address: bind
[DedicatedServer]: Perhaps a server is already running on that port?`,
    /^Not available: the machine does not have the address 75\.97\.37\.163; it may be that of the router/,
  ],
  [
    'gekware/minecraft-server-hibernation#14',
    `**** FAILED TO BIND TO PORT!
[Server thread/WARN]: The exception was: io.netty.channel.unix.Errors$NativeIoException: bind(..) failed: Address already in use
[Server thread/WARN]: Perhaps a server is already running on that port?`,
    /^In use: another socket has a TCP port that the text does not name/,
  ],
  [
    'PocketMine/PocketMine-MP#2822',
    `[INFO] Starting Minecraft PE server on 0.0.0.0:19132
[CRITICAL] **** FAILED TO BIND TO 0.0.0.0:19132!
[CRITICAL] Perhaps a server is already running on that port?
[ERROR] RuntimeException: "RakLib Thread crashed [raklib\\server\\UDPServerSocket]: socket_bind(): unable to bind address [48]: Address already in use" (E_ERROR)`,
    /^In use: another socket has UDP port 19132.*(macOS|lsof -nP -iUDP:19132)/,
  ],
  [
    'gutmensch/docker-dmarc-report#66',
    "Error: rootlessport cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024), or choose a larger port number (>= 1024): listen tcp 0.0.0.0:80: bind: permission denied",
    /^Not permitted: port 80 takes a privilege.*ip_unprivileged_port_start=80/,
  ],
  [
    'containers/podman#6762',
    'ERRO[0003] failed to expose ports via rootlessport: "listen tcp 0.0.0.0:9080: bind: address already in use"',
    /^In use: another socket has TCP port 9080/,
  ],
  [
    'dotnet/cli#7422',
    'System.IO.IOException: Failed to bind to address http://localhost:5000 on the IPv4 loopback interface: port already in use. ---> Microsoft.AspNetCore.Server.Kestrel.Internal.Networking.UvException: Error -48 EADDRINUSE address already in use',
    /^In use: another socket has TCP port 5000.*macOS/,
  ],
  [
    'aspnet/KestrelHttpServer#2277',
    'System.IO.IOException: Failed to bind to address http://localhost:49980. ---> System.AggregateException: One or more errors occurred. (Error -4092 EACCES permission denied) (Error -4092 EACCES permission denied)',
    /^Not permitted: an excluded range has TCP port 49980, or a program has it exclusively.*netsh int ipv4 show excludedportrange/,
  ],
  [
    'dotnet/aspnetcore#55782',
    `System.IO.IOException: Failed to bind to address http://127.0.0.1:5010: address already in use.
 ---> Microsoft.AspNetCore.Connections.AddressInUseException: Address already in use
 ---> System.Net.Sockets.SocketException (98): Address already in use`,
    /^In use: another socket has TCP port 5010.*Linux.*ss -ltnp 'sport = :5010'/,
  ],
  [
    'AlexanderFroemmgen/maci#3',
    'System.IO.IOException: Failed to bind to address http://[::]:63658: address already in use. ---> Error -98 EADDRINUSE address already in use',
    /^In use: another socket has TCP port 63658.*Linux/,
  ],
  [
    'dsuryd/dotNetify-react-native-demo#16',
    `Using launch settings from /Users/me/Code/server/Properties/launchSettings.json...
System.Net.Sockets.SocketException (49): Can't assign requested address
   at System.Net.Sockets.Socket.DoBind(EndPoint endPointSnapshot, SocketAddress socketAddress)`,
    /^Not available: the machine does not have the address, which the text does not name.*bind 0\.0\.0\.0, or an address that the machine has\.$/,
  ],
  [
    'aspnet/KestrelHttpServer#2125',
    'AddressInUseException: Error -4091 EADDRINUSE address already in use',
    /^In use: another socket has a TCP port that the text does not name.*netstat -ano -p TCP/,
  ],
  [
    'becomingahacker/cloud-cml#13',
    '(sd-listen[30550]: ssh.socket: Failed to create listening socket (0.0.0.0:1122): Address already in use',
    /^In use: another socket has TCP port 1122.*Linux.*ss -ltnp 'sport = :1122'/,
  ],
  [
    'lunar-linux/moonbase-core#4272',
    `sshd[1209]: error: Bind to port 2222 on 192.168.1.7 failed: Cannot assign requested address.
sshd[1209]: fatal: Cannot bind any address.`,
    /^Not available: the machine does not have the address 192\.168\.1\.7, or not yet/,
  ],
  [
    'hassio-addons/app-ssh#669',
    `Bind to port 22 on 0.0.0.0 failed: Address in use.
Bind to port 22 on :: failed: Address in use.
Cannot bind any address.`,
    /^In use: another socket has TCP port 22.*The same for \[::\]:22\.$/,
  ],
  [
    'openbmc/openbmc#408',
    `   Listen: [::]:2200 (Stream)
Jun 22 19:06:03 qemux86-64 systemd[1]: obmc-console-ssh.socket: Failed to listen on sockets: Address already in use`,
    /^In use: another socket has TCP port 2200.*Linux/,
  ],
  [
    'knxd/knxd#103',
    `# initialisation of the knxd inet protocol failed: Address already in use
tcp        0      0 0.0.0.0:6720            0.0.0.0:*               LISTEN      1/init`,
    /^Socket 2 is refused by Linux and gVisor.*What helps: stop the \.socket unit of systemd that has socket 1/,
  ],
  [
    'hastic/hastic#70',
    "thread 'main' panicked at 'error binding to 0.0.0.0:4347: error creating server listener: Address already in use (os error 98)'",
    /^In use: another socket has TCP port 4347.*Linux/,
  ],
  [
    'SunHao-0/healer#22',
    'Fail to listen on 127.0.0.1:4103: Address already in use (os error 98)',
    /^In use: another socket has TCP port 4103.*Linux/,
  ],
  [
    'tokio-rs/tokio#503',
    `server running on localhost:6142
thread 'main' panicked at 'called \`Result::unwrap()\` on an \`Err\` value: Os { code: 48, kind: AddrInUse, message: "Address already in use" }', libcore/result.rs:945:5`,
    /^In use: another socket has TCP port 6142.*macOS/,
  ],
  [
    'MystenLabs/sui#5482',
    'Error: Failed to bind /dns/localhost/tcp/8080/http. Address already in use (os error 98)',
    /^In use: another socket has TCP port 8080/,
  ],
  [
    'matrix-construct/tuwunel#374',
    'Failed to bind configured TcpListener to {addr:?}: Os { code: 98, kind: AddrInUse, message: "Address already in use" }',
    /^In use: another socket has a TCP port that the text does not name.*Linux/,
  ],
  [
    'streamaserver/streama#1136',
    'The Tomcat connector configured to listen on port 8080 failed to start. The port may already be in use or the connector may be misconfigured.',
    /^In use: another socket has TCP port 8080/,
  ],
  [
    'VGEAREN/webdav-caiyun#21',
    'Web server failed to start. Port 8080 was already in use.',
    /^In use: another socket has TCP port 8080/,
  ],
  [
    'redhat-developer/rsp-server-community#44',
    `SEVERE: Failed to initialize connector [Connector[HTTP/1.1-8080]]
Caused by: java.net.BindException: Address already in use
	at sun.nio.ch.Net.bind0(Native Method)`,
    /^In use: another socket has TCP port 8080/,
  ],
  [
    'firmadyne/firmadyne#13',
    `bind: Address already in use
qemu-system-arm: -netdev socket,listen=:2001,id=net2: Device 'socket' could not be initialized`,
    /^In use: another socket has TCP port 2001/,
  ],
  [
    'danmou/onenote_export#17',
    `  File "C:\\ProgramData\\scoop\\lib\\site-packages\\werkzeug\\serving.py", line 984, in run_simple
    s.bind(server_address)
OSError: [WinError 10013] An attempt was made to access a socket in a way forbidden by its access permissions
PS C:\\Users\\Matt> netstat -ano|findstr "5000"
  TCP    0.0.0.0:5000           0.0.0.0:0              LISTENING       9348`,
    /^Not permitted: pid 9348 has TCP port 5000, and does not share it.*What helps: end the program of socket 1, pid 9348; or give it another port\.$/,
  ],
  [
    'FreeOpcUa/python-opcua#497',
    "socket.error: [Errno 10013] error while attempting to bind on address ('0.0.0.0', 4840): an attempt was made to access a socket in a way forbidden by its access permissions",
    /^Not permitted: an excluded range has TCP port 4840, or a program has it exclusively.*netsh/,
  ],
  [
    'dev-lu/osint_toolkit#3',
    'ERROR:    [WinError 10013] An attempt was made to access a socket in a way forbidden by its access permissions',
    /^Not permitted: an excluded range has a TCP port that the text does not name/,
  ],
  [
    'AliFlux/MapTilesDownloader#13',
    `  File "C:\\Python39\\lib\\socketserver.py", line 466, in server_bind
    self.socket.bind(self.server_address)
OSError: [WinError 10013] An attempt was made to access a socket in a way forbidden by its access permissions`,
    /^Not permitted: an excluded range has a TCP port that the text does not name/,
  ],
  [
    'nautobot/nautobot-docker-compose#34',
    'Error response from daemon: driver failed programming external connectivity on endpoint nautobot-1 (74bd): Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use',
    /^In use: another socket has TCP port 8080.*(docker ps|ss -ltnp)/,
  ],
  [
    'fmgarage/ft-fms-docker#10',
    'Error response from daemon: Ports are not available: listen tcp 0.0.0.0:5003: bind: address already in use',
    /^In use: another socket has TCP port 5003/,
  ],
  [
    'microrealestate/microrealestate#229',
    'Error response from daemon: Bind for 0.0.0.0:8080 failed: port is already allocated',
    /^In use: another socket has TCP port 8080.*docker ps --filter publish=8080/,
  ],
  [
    'docker/compose#5528',
    '(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:80',
    /^In use: another socket has TCP port 80.*Linux/,
  ],
  [
    'NixOS/nixpkgs#5832',
    'nginx[1305]: nginx: [emerg] bind() to 192.0.2.1:80 failed (99: Cannot assign requested address)',
    /^Not available: the machine does not have the address 192\.0\.2\.1.*or not there yet.*IP_FREEBIND/,
  ],
  [
    'digitalocean/nginxconfig.io#151',
    'nginx: [emerg] socket() [::]:80 failed (97: Address family not supported by protocol)',
    /^No such family: the system has no IPv6 \(Linux and gVisor\)\. What helps: /,
  ],
  [
    'gitlabhq/gitlabhq#8386',
    `nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)
nginx: [emerg] bind() to [::]:443 failed (98: Address already in use)
nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)
nginx: [emerg] still could not bind()`,
    /^In use: another socket has TCP port 80.*Also: \[::\]:443 is in use\.$/,
  ],
  [
    'lipku/LiveTalking#19',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Unknown error)',
    /^In use: another socket has TCP port 80.*Linux/,
  ],
  [
    'golang/go#28798',
    '2018/11/14 11:44:40 listen udp 255.255.255.255:48899: bind: cannot assign requested address',
    /^Not available: .*255\.255\.255\.255.*What helps: bind 0\.0\.0\.0/,
  ],
  [
    'puma in Rails',
    'Address already in use - bind(2) for "127.0.0.1" port 3000 (Errno::EADDRINUSE)\nruby 3366 dummy 8u IPv4 16901 0t0 TCP 127.0.0.1:3000 (LISTEN)',
    /^Socket 2 is refused by Linux with EADDRINUSE.*What helps: end the program of socket 1, ruby \(pid 3366\); or give it another port\.$/,
  ],
];

test.each(REPORTS)('%s', (_where, pasted, answer) => {
  expect(explain([pasted]).answer.join(' ')).toMatch(answer);
});
