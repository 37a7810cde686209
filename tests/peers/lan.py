# One frame of scapy a line of standard input, in hex. E and I are the headers between the two stations.
import sys
from scapy.all import *

for module in ["lldp", "lacp", "mpls", "mac_control", "macsec", "cdp", "ptp_v2"]:
    load_contrib(module)
E = Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")
I = IP(src="10.0.0.1", dst="10.0.0.2")
for line in sys.stdin:
    print(bytes(eval(line)).hex())
