//! Laying the links of a lab, and waiting until they pass frames.

use super::netlink::{End, Netlink};
use super::plan::Port;
use super::{Error, Plan, mounts};
use crate::link::netns::{DIRECTORY, move_thread, on_thread};
use nix::sched::{CloneFlags, unshare};
use std::fs::File;
use std::io;
use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long the kernel may take to notice that both ends of a link are up.
const PATIENCE: Duration = Duration::from_secs(5);

/// The interface of every host, and of the near end of a pair.
const FIRST: &str = "veth0";
const SECOND: &str = "veth1";
const BRIDGE: &str = "br0";

/// Lays the links that `plan` says, from the network namespace of this thread.
pub fn lay(plan: &Plan) -> Result<(), Error> {
    let net = Netlink::open().map_err(|error| Error::system("open a netlink socket", error))?;
    net.up("lo").map_err(|error| Error::system("set lo up", error))?;
    match &plan.cables {
        Some(cables) => cabled(plan, cables),
        None if plan.hosts.is_empty() => pair(&net, plan),
        None => hosts(&net, plan),
    }
}

/// Lays the cables between the hosts.
fn cabled(plan: &Plan, cables: &[[Port; 2]]) -> Result<(), Error> {
    struct Host {
        name: String,
        namespace: File,
        net: Netlink,
        number: u8,
        ports: u8,
    }
    let mut hosts = Vec::new();
    for (name, number) in plan.hosts.iter().zip(1u8..) {
        let (namespace, net) = host(name)?;
        hosts.push(Host { name: name.clone(), namespace, net, number, ports: 0 });
    }
    // The plan has seen to it that every port is at a host.
    let place = |hosts: &[Host], port: &Port| hosts.iter().position(|host| host.name == port.host).unwrap_or(0);
    for [near, far] in cables {
        let places = [place(&hosts, near), place(&hosts, far)];
        let macs = places.map(|at| {
            let host = &mut hosts[at];
            host.ports += 1;
            mac(host.number, host.ports)
        });
        let [a, b] = places.map(|at| &hosts[at]);
        a.net
            .veth(
                &End { name: &near.interface, mac: macs[0], mtu: plan.mtu },
                &End { name: &far.interface, mac: macs[1], mtu: plan.mtu },
                Some(b.namespace.as_fd()),
            )
            .map_err(|error| asked(plan, "make a veth pair", error))?;
        for (host, port) in [(a, near), (b, far)] {
            let name = &port.interface;
            host.net.up_quietly(name).map_err(|error| Error::system(format!("set {name}@{} up", host.name), error))?;
        }
    }
    for port in cables.iter().flatten() {
        passes(&hosts[place(&hosts, port)].net, &port.interface)?;
    }
    Ok(())
}

/// Makes a host: a network namespace with a name, held open, with lo up in it.
fn host(name: &str) -> Result<(File, Netlink), Error> {
    let namespace = namespace(name).map_err(|error| Error::system(format!("make the namespace {name}"), error))?;
    let inside = on_thread(|| move_thread(&namespace), Netlink::open)
        .and_then(|opened| opened)
        .map_err(|error| Error::system(format!("open a netlink socket in {name}"), error))?;
    inside.up("lo").map_err(|error| Error::system(format!("set lo@{name} up"), error))?;
    Ok((namespace, inside))
}

fn pair(net: &Netlink, plan: &Plan) -> Result<(), Error> {
    let end = |name, number| End { name, mac: mac(0, number), mtu: plan.mtu };
    net.veth(&end(FIRST, 1), &end(SECOND, 2), None).map_err(|error| asked(plan, "make a veth pair", error))?;
    for name in [FIRST, SECOND] {
        net.up_quietly(name).map_err(|error| Error::system(format!("set {name} up"), error))?;
    }
    [FIRST, SECOND].into_iter().try_for_each(|name| passes(net, name))
}

fn hosts(net: &Netlink, plan: &Plan) -> Result<(), Error> {
    let bridge = End { name: BRIDGE, mac: mac(2, 1), mtu: plan.mtu };
    net.bridge(&bridge).map_err(|error| asked(plan, "make a bridge", error))?;
    net.up_quietly(BRIDGE).map_err(|error| Error::system(format!("set {BRIDGE} up"), error))?;
    let mut laid = Vec::new();
    for (host, number) in plan.hosts.iter().zip(1u8..) {
        let (namespace, inside) = self::host(host)?;
        let port = format!("p{number}");
        let near = End { name: &port, mac: mac(1, number), mtu: plan.mtu };
        let far = End { name: FIRST, mac: mac(0, number), mtu: plan.mtu };
        net.veth(&near, &far, Some(namespace.as_fd())).map_err(|error| asked(plan, "make a veth pair", error))?;
        net.up_quietly(&port).map_err(|error| Error::system(format!("set {port} up"), error))?;
        inside
            .up_quietly(FIRST)
            .and_then(|()| inside.address(FIRST, Ipv4Addr::new(10, 0, 0, number), 24))
            .map_err(|error| Error::system(format!("set up {FIRST}@{host}"), error))?;
        laid.push((port, inside));
    }
    for (port, inside) in &laid {
        passes(inside, FIRST)?;
        // A port that joins when it is operational already forwards from that moment on.
        passes(net, port)?;
        net.join(port, BRIDGE).map_err(|error| Error::system(format!("join {port} to {BRIDGE}"), error))?;
    }
    passes(net, BRIDGE)
}

/// Makes a network namespace with a name, and gives it held open.
fn namespace(name: &str) -> io::Result<File> {
    on_thread(|| unshare(CloneFlags::CLONE_NEWNET), || mounts::name("/proc/thread-self/ns/net", name))??;
    File::open(Path::new(DIRECTORY).join(name))
}

fn passes(net: &Netlink, name: &str) -> Result<(), Error> {
    let end = Instant::now() + PATIENCE;
    loop {
        if net.is_operational(name).map_err(|error| Error::system(format!("look at {name}"), error))? {
            return Ok(());
        }
        if Instant::now() > end {
            return Err(Error::system(format!("wait for {name}"), io::Error::from(io::ErrorKind::TimedOut)));
        }
        sleep(Duration::from_millis(1));
    }
}

/// A locally administered address (IEEE 802-2014 8.2) that is the same in every lab, so that captures can be compared.
fn mac(kind: u8, number: u8) -> [u8; 6] {
    [0x02, 0, 0, 0, kind, number]
}

/// What a link could not be made for is, with EINVAL, the size that was asked for.
fn asked(plan: &Plan, what: &str, error: io::Error) -> Error {
    match (error.raw_os_error(), plan.mtu) {
        (Some(libc::EINVAL | libc::ERANGE), Some(mtu)) => {
            Error::Plan(format!("the kernel does not take an MTU of {mtu} here"))
        }
        _ => Error::system(what, error),
    }
}
