//! Port access control: EAP over LANs, and EAP.

use super::eth::ETH;
use super::table::*;

/// `eapol`
pub static EAPOL: Protocol = protocol(
    "eapol",
    "EAP over LANs",
    "IEEE 802.1X-2020 11.3",
    &layout([
        num("version", 8).or(2).doc("version; 2: 802.1X-2004, 3: since 2010"),
        num("type", 8)
            .main()
            .next_or(Space::Eapol, 1)
            .named(&[("eap", 0), ("start", 1), ("logoff", 2), ("key", 3), ("alert", 4), ("mka", 5)])
            .brief()
            .doc("packet type; start if nothing follows"),
        num("length", 16).payload_len().doc("what follows, bytes"),
    ]),
)
.under(&[(Space::EtherType, 0x888e)])
.on(&ETH)
.to(0x0180_c200_0003);

/// `eap`
pub static EAP: Protocol = protocol(
    "eap",
    "Extensible Authentication Protocol",
    "RFC 3748 4",
    &layout([
        num("code", 8)
            .main()
            .or(1)
            .named(&[("request", 1), ("response", 2), ("success", 3), ("failure", 4)])
            .brief()
            .turns(&[(1, 2)])
            .doc("code"),
        num("id", 8).brief().mirrors("id").doc("identifier"),
        num("length", 16).header_len(1).doc("whole packet, bytes"),
        num("type", 8).or(1).named(METHODS).when("code", &[1, 2]).brief().mirrors("type").doc("method"),
        bytes("data").brief().doc("what the method says"),
    ]),
)
.under(&[(Space::Eapol, 0)])
.on(&EAPOL)
.carries_nothing();

/// IANA EAP method types.
const METHODS: &[(&str, u64)] = &[
    ("identity", 1),
    ("notification", 2),
    ("nak", 3),
    ("md5", 4),
    ("otp", 5),
    ("gtc", 6),
    ("tls", 13),
    ("sim", 18),
    ("ttls", 21),
    ("aka", 23),
    ("peap", 25),
    ("mschapv2", 26),
    ("fast", 43),
    ("pwd", 52),
    ("expanded", 254),
];

/// `eapol-key`
pub static EAPOL_KEY: Protocol = protocol(
    "eapol-key",
    "EAPOL-Key",
    "IEEE 802.11-2020 12.7.2",
    &layout([
        num("descriptor", 8).or(2).named(&[("rc4", 1), ("rsn", 2)]).doc("form of what follows"),
        num("reserved", 2).doc("0"),
        flags("info", 11, INFO).brief().doc("what this message is for"),
        num("descversion", 3).or(2).doc("how it is protected"),
        num("keylen", 16).doc("key, bytes"),
        num("replay", 64).brief().mirrors("replay").doc("replay counter"),
        block("nonce", 32).doc("nonce"),
        block("iv", 16).doc("initialization vector"),
        hex("rsc", 64).doc("receive sequence counter"),
        hex("reserved2", 64).doc("0"),
        block("mic", 16).doc("message integrity code"),
        num("datalen", 16).len_after().doc("key data, bytes"),
        bytes("data").doc("key data"),
    ]),
)
.under(&[(Space::Eapol, 3)])
.on(&EAPOL)
.carries_nothing();

const INFO: &[(&str, u64)] = &[
    ("pairwise", 1),
    ("install", 8),
    ("ack", 16),
    ("mic-set", 32),
    ("secure", 64),
    ("error", 128),
    ("request", 256),
    ("encrypted", 512),
    ("smk", 1024),
];
