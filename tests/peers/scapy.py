# An expression a line of standard input, its bytes in hex. The argument is Python that adds names of its own.
import logging
import sys

logging.disable(logging.CRITICAL)
from scapy.all import *

for module in ["lldp", "lacp", "mpls", "mac_control", "macsec", "cdp", "ptp_v2", "oam", "ethercat", "pnio", "pnio_dcp",
        "igmp", "igmpv3", "geneve", "tcpao"]:
    load_contrib(module)
# Two stations, and Ethernet, IPv4 and IPv6 between them.
M, D = "02:00:00:00:00:01", "02:00:00:00:00:02"
E = Ether(dst=D, src=M)
I = IP(src="10.0.0.1", dst="10.0.0.2")
J = IPv6(src="2001:db8::1", dst="2001:db8::2")
exec(sys.argv[1])
for line in sys.stdin:
    try:
        print(bytes(eval(line)).hex())
    except Exception as error:
        print(repr(error))
