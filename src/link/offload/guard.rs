//! Features changed for the time of a run, and always put back.

use super::saved::{Found, Held, Saved, find, keep};
use super::{Applied, Change, Offload, Setting};
use crate::link::Error;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// Puts back what was requested when it is dropped, also by a panic. After a SIGKILL the state file tells the next run.
///
/// A thread of its own does it, which keeps its privileges when the caller gives up theirs.
#[derive(Debug)]
pub struct Guard {
    applied: Applied,
    done: Option<Sender<()>>,
    keeper: Option<JoinHandle<Result<Vec<Change>, Error>>>,
}

impl Guard {
    /// Saves what is requested, then applies `settings`. A state left behind by a killed run is adopted: what is put
    /// back is what was there before that run.
    ///
    /// # Errors
    /// As [`Offload::apply`], with everything put back; and a refusal if another run holds this interface changed.
    pub fn new(offload: Offload, settings: Vec<Setting>) -> Result<Self, Error> {
        let (done, wait) = channel();
        let (tell, told) = channel();
        let keeper = std::thread::Builder::new()
            .name("offload".into())
            .spawn(move || keep_changed(&offload, &settings, &tell, &wait))
            .map_err(|error| Error::system("start a thread", error))?;
        match told.recv() {
            Ok(applied) => Ok(Self { applied, done: Some(done), keeper: Some(keeper) }),
            // The thread ended without a word: its result is the error.
            Err(_) => Err(join(keeper).err().unwrap_or_else(stopped)),
        }
    }

    /// What was changed, and what could not be.
    pub fn applied(&self) -> &Applied {
        &self.applied
    }

    /// Puts everything back now and tells what changed by it.
    pub fn restore(mut self) -> Result<Vec<Change>, Error> {
        self.finish()
    }

    fn finish(&mut self) -> Result<Vec<Change>, Error> {
        drop(self.done.take());
        self.keeper.take().map_or_else(|| Ok(Vec::new()), join)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // What cannot be put back stays in the state file, and the next run offers it.
        let _ = self.finish();
    }
}

fn join(keeper: JoinHandle<Result<Vec<Change>, Error>>) -> Result<Vec<Change>, Error> {
    keeper.join().unwrap_or_else(|_| Err(stopped()))
}

fn stopped() -> Error {
    Error::not_possible("the thread that changes the offload features ended early")
}

/// The keeper's thread: change, tell, wait until the guard is gone, put back.
fn keep_changed(
    offload: &Offload,
    settings: &[Setting],
    tell: &Sender<Applied>,
    wait: &Receiver<()>,
) -> Result<Vec<Change>, Error> {
    let held = hold(offload)?;
    match offload.apply(settings) {
        Ok(applied) => {
            // Nobody there to be told is the same as nobody there any more: put back.
            let _ = tell.send(applied);
            let _ = wait.recv();
            put_back(offload, held)
        }
        Err(error) => {
            put_back(offload, held)?;
            Err(error)
        }
    }
}

/// Puts `held` back and removes its file; the file stays where that fails, unless the interface is gone.
pub(super) fn put_back(offload: &Offload, held: Held) -> Result<Vec<Change>, Error> {
    let result = offload.restore(&held.saved);
    if matches!(result, Ok(_) | Err(Error::Removed { .. })) {
        held.remove().map_err(|error| Error::system("remove the saved offload features", error))?;
    }
    result
}

fn hold(offload: &Offload) -> Result<Held, Error> {
    let interface = offload.interface();
    let busy = || Error::not_possible(format!("another run holds the offload features of {} changed", interface.name));
    match find(offload)? {
        Found::Left(held) => Ok(held),
        Found::Busy => Err(busy()),
        Found::Nothing => keep(offload, Saved::of(interface, &offload.features()?))?.ok_or_else(busy),
    }
}

/// Puts back what a killed run left behind; none if there is nothing.
///
/// # Errors
/// A refusal if the run that changed it still goes on.
pub fn restore_pending(offload: &Offload) -> Result<Option<Vec<Change>>, Error> {
    match find(offload)? {
        Found::Left(held) => put_back(offload, held).map(Some),
        Found::Nothing => Ok(None),
        Found::Busy => Err(Error::not_possible(format!(
            "a run that changed the offload features of {} still goes on and will put them back itself",
            offload.interface().name
        ))),
    }
}
