//! Privileges: what is needed to open a socket, and giving all of it up once the sockets are open.

/// What to do about a missing privilege.
pub const REMEDY: &str = "run it with `sudo`; or give the program the right once: `sudo setcap \
cap_net_raw,cap_net_admin+ep $(command -v ethcraft)`; or try it in a private network, without any privilege: \
`ethcraft lab -- ...`";
