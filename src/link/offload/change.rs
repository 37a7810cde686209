//! Setting features, reading back, and telling what became of it.

use super::features::{Feature, Features, State};
use super::groups::{Group, Meaning, resolve};
use super::{Offload, ethtool};
use crate::link::Error;
use std::str::FromStr;

/// One `NAME=on|off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// A feature by the kernel's name, or a group by ethtool's long or short one.
    pub name: String,
    /// On or off.
    pub on: bool,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hint = "write NAME=on or NAME=off, as in tx=off";
        let (name, value) = text.split_once('=').ok_or_else(|| hint.to_owned())?;
        let on = match value {
            "on" => true,
            "off" => false,
            _ => return Err(format!("'{value}' is neither on nor off; {hint}")),
        };
        if name.is_empty() {
            return Err(hint.into());
        }
        Ok(Self { name: name.into(), on })
    }
}

/// One feature that is different now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The kernel's name.
    pub name: String,
    /// What it was.
    pub from: State,
    /// What it is.
    pub to: State,
    /// It was asked for; otherwise the kernel changed it along.
    pub asked: bool,
}

/// What could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The driver does not have it.
    #[error("'{0}' is not available: the driver does not have it")]
    NotAvailable(String),
    /// The driver or the kernel does not let it be changed.
    #[error("'{name}' is fixed {}: it cannot be changed on this interface", if *on { "on" } else { "off" })]
    Fixed {
        /// The kernel's name, or the group's.
        name: String,
        /// What it is.
        on: bool,
    },
    /// It is requested now, but not in force.
    #[error(
        "'{name}' is requested {}, but not active: what it depends on is missing, or something else holds it",
        if *on { "on" } else { "off" }
    )]
    NotActive {
        /// The kernel's name.
        name: String,
        /// What was asked for.
        on: bool,
    },
    /// The kernel reported success and did nothing.
    #[error("'{0}' did not change, though the kernel reported no error")]
    Ignored(String),
}

/// The result of a request: both lists may have something in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// What is different now.
    pub changes: Vec<Change>,
    /// What was asked for and could not be had.
    pub refusals: Vec<Refusal>,
}

/// A request worked out against the features as they are.
#[derive(Debug, Default)]
struct Plan {
    /// Feature number and wish; a later wish for the same feature wins.
    wishes: Vec<(usize, bool)>,
    groups: Vec<(&'static Group, bool)>,
    refusals: Vec<Refusal>,
}

impl Offload {
    /// Sets features and reads back. What can be set is set, though another part of the request cannot.
    ///
    /// # Errors
    /// A usage error for an unknown name, before anything is changed; [`Error::NotPermitted`] without `CAP_NET_ADMIN`.
    pub fn apply(&self, settings: &[Setting]) -> Result<Applied, Error> {
        let before = self.features()?;
        let plan = plan(&before, settings)?;
        self.set(&before, &plan)?;
        let after = self.features()?;
        let asked: Vec<usize> = plan.wishes.iter().map(|wish| wish.0).collect();
        let mut refusals = plan.refusals;
        for (at, on) in plan.wishes {
            if let Some(feature) = after.all().get(at) {
                refusals.extend(verdict(feature, on));
            }
        }
        Ok(Applied { changes: between(&before, &after, &asked), refusals })
    }

    fn set(&self, before: &Features, plan: &Plan) -> Result<(), Error> {
        let request = before.request(|at, _| plan.wishes.iter().find(|wish| wish.0 == at).map(|wish| wish.1));
        if request.iter().all(|block| block.valid == 0) {
            return Ok(());
        }
        let name = self.name()?;
        // The answer's bits say less than reading back does.
        match ethtool::set_features(&self.devices, &name, &request) {
            Err(error) if error.raw_os_error() == Some(libc::EOPNOTSUPP) && !plan.groups.is_empty() => {
                for (group, on) in &plan.groups {
                    let legacy = group
                        .legacy
                        .ok_or_else(|| Error::not_possible(format!("{name}: cannot set {}", group.long)))?;
                    ethtool::set_legacy(&self.devices, &name, legacy, *on).map_err(|error| self.refused(error))?;
                }
                Ok(())
            }
            other => other.map(drop).map_err(|error| self.refused(error)),
        }
    }
}

/// Works out what to ask the kernel for. Features that cannot be changed are refused here, unless they are as wished.
fn plan(features: &Features, settings: &[Setting]) -> Result<Plan, Error> {
    let all = features.all();
    let names: Vec<&str> = all.iter().map(|feature| feature.name.as_str()).collect();
    let mut plan = Plan::default();
    for Setting { name, on } in settings {
        match resolve(name, &names)? {
            Meaning::Feature(at) if all[at].changeable() => plan.wish(at, *on),
            Meaning::Feature(at) => plan.refusals.extend(fixed(name, &all[at], *on)),
            Meaning::Group(group, members) => {
                plan.groups.push((group, *on));
                let changeable: Vec<usize> = members.iter().copied().filter(|at| all[*at].changeable()).collect();
                for at in &changeable {
                    plan.wish(*at, *on);
                }
                let active = members.iter().find(|at| all[**at].active && !all[**at].changeable());
                match active {
                    // One member stays on, whatever the others do.
                    Some(_) if !on => plan.refusals.push(Refusal::Fixed { name: name.clone(), on: true }),
                    None if changeable.is_empty() && *on => plan.refusals.push(Refusal::NotAvailable(name.clone())),
                    _ => {}
                }
            }
        }
    }
    Ok(plan)
}

impl Plan {
    fn wish(&mut self, at: usize, on: bool) {
        self.wishes.retain(|wish| wish.0 != at);
        self.wishes.push((at, on));
    }
}

/// Why a feature that cannot be changed is not as wished; nothing if it is.
fn fixed(name: &str, feature: &Feature, on: bool) -> Option<Refusal> {
    match feature.active == on {
        true => None,
        false if on && !feature.never_changed => Some(Refusal::NotAvailable(name.into())),
        false => Some(Refusal::Fixed { name: name.into(), on: feature.active }),
    }
}

/// What is to be said about a feature after it was asked to be `on`.
fn verdict(feature: &Feature, on: bool) -> Option<Refusal> {
    let name = feature.name.clone();
    match (feature.active == on, feature.requested == on) {
        (true, _) => None,
        (false, true) => Some(Refusal::NotActive { name, on }),
        (false, false) => Some(Refusal::Ignored(name)),
    }
}

/// Every named feature that differs; `asked` are the numbers that were asked for.
pub(super) fn between(before: &Features, after: &Features, asked: &[usize]) -> Vec<Change> {
    let pairs = before.all().iter().zip(after.all()).enumerate();
    pairs
        .filter(|(_, (from, to))| from.state() != to.state() && !to.name.is_empty())
        .map(|(at, (from, to))| Change {
            name: to.name.clone(),
            from: from.state(),
            to: to.state(),
            asked: asked.contains(&at),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::features::tests::features;
    use super::*;

    fn set(text: &str) -> Setting {
        text.parse().unwrap()
    }

    #[test]
    fn a_setting_is_a_name_and_on_or_off() {
        assert_eq!(set("tx=off"), Setting { name: "tx".into(), on: false });
        for wrong in ["tx", "tx=0", "=on", "tx=ON", ""] {
            assert!(wrong.parse::<Setting>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_group_asks_for_its_changeable_members_only() {
        let features = features(&["tx-checksum-ipv4", "tx-checksum-ip-generic", "tx-checksum-sctp"], 0b110, 0, 0, 0);
        let plan = plan(&features, &[set("tx=on"), set("tx-checksum-sctp=off")]).unwrap();
        assert_eq!(plan.wishes, [(1, true), (2, false)]);
        assert!(plan.refusals.is_empty());
    }

    #[test]
    fn what_cannot_be_changed_is_refused_unless_it_is_as_wished() {
        let features = features(&["a", "b", "c"], 0b100, 0, 0b001, 0b100);
        let refusals = |text| plan(&features, &[set(text)]).unwrap().refusals;
        assert_eq!(refusals("a=on"), []);
        assert_eq!(refusals("a=off"), [Refusal::Fixed { name: "a".into(), on: true }]);
        assert_eq!(refusals("b=on"), [Refusal::NotAvailable("b".into())]);
        assert_eq!(refusals("c=on"), [Refusal::Fixed { name: "c".into(), on: false }]);
        assert_eq!(refusals("tx=on"), [Refusal::NotAvailable("tx".into())]);
        assert_eq!(refusals("tx=off"), []);
    }

    #[test]
    fn requested_but_not_active_is_told_apart_from_ignored() {
        let features = features(&["a", "b"], 0b11, 0b01, 0, 0);
        let all = features.all();
        assert_eq!(verdict(&all[0], true), Some(Refusal::NotActive { name: "a".into(), on: true }));
        assert_eq!(verdict(&all[1], true), Some(Refusal::Ignored("b".into())));
        assert_eq!(verdict(&all[1], false), None);
    }

    #[test]
    fn what_changes_along_is_told_apart_from_what_was_asked() {
        let names = ["tx-checksum-ip-generic", "tx-tcp-segmentation"];
        let (before, after) = (features(&names, 3, 3, 3, 0), features(&names, 3, 2, 0, 0));
        let changes = between(&before, &after, &[0]);
        assert_eq!(
            changes.iter().map(|c| (c.asked, c.to.to_string())).collect::<Vec<_>>(),
            [(true, "off".to_owned()), (false, "off [requested on]".to_owned())]
        );
    }
}
