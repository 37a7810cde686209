//! Hosts that are not there: the rules by which `answer` plays them, written in the language.

use pnet::util::MacAddr;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// IP addresses of one family, as the language writes a set: `10.0.0.9`, `10.0.0.0/24`, `2001:db8::1..2001:db8::9`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    text: String,
    is_v6: bool,
}

impl FromStr for Addresses {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            let text = text.escape_debug();
            format!("'{text}' is no IP address: write 10.0.0.9, 10.0.0.0/24, 10.0.0.1..10.0.0.9 or 2001:db8::9")
        };
        let mut families = Vec::new();
        for member in text.split(',') {
            let (first, last) = match (member.split_once(".."), member.split_once('/')) {
                (Some((first, last)), _) => (first, last),
                (None, Some((address, length))) => {
                    let ip: IpAddr = address.parse().map_err(|_| wrong())?;
                    let bits = if ip.is_ipv4() { 32 } else { 128 };
                    let length: u32 = length.parse().ok().filter(|length| *length <= bits).ok_or_else(wrong)?;
                    let value = match ip {
                        IpAddr::V4(ip) => u128::from(ip.to_bits()),
                        IpAddr::V6(ip) => ip.to_bits(),
                    };
                    let host = bits - length;
                    if host > 0 && value << (128 - host) != 0 {
                        return Err(format!("'{member}' has bits set behind its prefix: write the network's address"));
                    }
                    (address, address)
                }
                (None, None) => (member, member),
            };
            let (first, last): (IpAddr, IpAddr) =
                (first.parse().map_err(|_| wrong())?, last.parse().map_err(|_| wrong())?);
            if last < first {
                return Err(format!("'{member}' runs backwards: write the smaller address first"));
            }
            families.extend([first.is_ipv6(), last.is_ipv6()]);
        }
        let is_v6 = families.iter().any(|v6| *v6);
        if families.iter().any(|v6| *v6 != is_v6) {
            return Err(format!("'{text}' mixes IPv4 and IPv6: write the option twice"));
        }
        Ok(Self { text: text.to_owned(), is_v6 })
    }
}

impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The rules of hosts with these addresses that say their MAC address, `mac`: by ARP, or by neighbour discovery. `own` are
/// addresses that this machine answers for by itself.
pub fn found(addresses: &Addresses, mac: MacAddr, own: &[IpAddr]) -> Vec<String> {
    let (set, but) = (&addresses.text, without(addresses, own, if addresses.is_v6 { "target" } else { "tpa" }));
    if addresses.is_v6 {
        let to = format!("frame / eth dst={mac},33:33:00:00:00:00/16");
        return vec![
            // Who has no address yet cannot be told alone (RFC 4861 7.2.4).
            format!(
                "{to} / ipv6 src=:: / icmpv6 / ns target={set}{but} then eth src={mac} / ipv6 / icmpv6 / na flags=o \
                 {{tlla={mac}}}"
            ),
            format!(
                "{to} / ipv6 / icmpv6 / ns target={set}{but} then eth src={mac} / ipv6 / icmpv6 / na flags=s+o {{tlla={mac}}}"
            ),
        ];
    }
    vec![format!("frame / eth dst={mac},ff:ff:ff:ff:ff:ff / arp op=request tpa={set}{but} then eth src={mac} / arp")]
}

/// The rules of such hosts that answer `ping`, and say of every UDP port that it is closed, which is how `traceroute` knows
/// its end.
pub fn pinged(addresses: &Addresses, mac: MacAddr, own: &[IpAddr]) -> Vec<String> {
    let (set, but) = (&addresses.text, without(addresses, own, "dst"));
    let to = format!("frame / eth dst={mac},ff:ff:ff:ff:ff:ff");
    if addresses.is_v6 {
        return vec![
            format!(
                "{to} / ipv6 dst={set}{but} / icmpv6 checksum!=bad / echo then eth src={mac} / ipv6 / icmpv6 / echo-reply / .."
            ),
            format!("{to} / ipv6 dst={set}{but} / udp then eth src={mac} / ipv6 / icmpv6 code=4 / unreach / .."),
        ];
    }
    // A fragment is no message.
    let to = format!("{to} / ipv4 dst={set}{but} mf=0 off=0");
    vec![
        format!("{to} / icmp checksum!=bad / echo then eth src={mac} / ipv4 / icmp / echo-reply / .."),
        format!("{to} / udp then eth src={mac} / ipv4 / icmp code=3 / unreach / .."),
    ]
}

/// The test of a field that leaves this machine's own addresses out: ` tpa!=10.0.0.1`.
fn without(addresses: &Addresses, own: &[IpAddr], field: &str) -> String {
    let own: Vec<String> = own.iter().filter(|ip| ip.is_ipv6() == addresses.is_v6).map(IpAddr::to_string).collect();
    if own.is_empty() { String::new() } else { format!(" {field}!={}", own.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Rule, Surroundings, no_files};

    fn read(text: &str) -> Result<Addresses, String> {
        text.parse()
    }

    #[test]
    fn addresses_are_sets_of_one_family() {
        for good in ["10.0.0.9", "10.0.0.0/24", "10.0.0.1..10.0.0.9", "10.0.0.1,10.0.0.4", "2001:db8::/64", "::/0"] {
            assert_eq!(read(good).unwrap().to_string(), good);
        }
        for wrong in
            ["", "ten", "10.0.0.1/24", "10.0.0.0/33", "10.0.0.9..10.0.0.1", "10.0.0.1,::1", "10.0.0.1,", "10.0.0.1 "]
        {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn every_rule_is_one_of_the_language() {
        let (mac, own) = (MacAddr::new(2, 0, 0, 0, 0, 1), ["10.0.0.1".parse().unwrap(), "fe80::1".parse().unwrap()]);
        for addresses in ["10.0.0.0/24", "2001:db8::1..2001:db8::9"] {
            let addresses = read(addresses).unwrap();
            for text in found(&addresses, mac, &own).into_iter().chain(pinged(&addresses, mac, &own)) {
                let rule = Rule::parse(&text, Surroundings::default(), &no_files);
                assert!(rule.is_ok(), "{}", rule.unwrap_err().render(&text, false));
            }
        }
    }
}
