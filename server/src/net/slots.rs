//! Slots for connections: a number in total, and a number for each origin.
//!
//! A full port makes room: it closes the oldest connection that has not yet sent the complete
//! head of a request. So silent or very slow connections keep nobody out.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use super::limits::Origin;

/// The slots of one port.
pub struct ConnectionSlots {
    in_all: usize,
    per_origin: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    count: usize,
    by_origin: HashMap<Origin, usize>,
    /// New connections, the oldest first. Some have closed since, or have sent a request.
    newcomers: VecDeque<Weak<Standing>>,
}

/// A slot that is taken until this value is dropped.
pub struct Slot {
    places: Arc<ConnectionSlots>,
    origin: Option<Origin>,
    standing: Arc<Standing>,
}

/// The state of a slot's connection.
#[derive(Default)]
struct Standing {
    has_asked: AtomicBool,
    must_leave: CancellationToken,
}

impl ConnectionSlots {
    pub fn new(in_all: usize, per_origin: usize) -> Arc<Self> {
        Arc::new(Self { in_all, per_origin, taken: Mutex::default() })
    }

    /// Takes a slot for a connection; `None` if there is no room. `origin`: `None` for a proxy,
    /// because it connects for many clients.
    pub fn take(self: &Arc<Self>, origin: Option<Origin>) -> Option<Slot> {
        let mut taken = self.taken();
        if origin.is_some_and(|origin| taken.by_origin.get(&origin).is_some_and(|n| *n >= self.per_origin)) {
            return None;
        }
        if taken.count >= self.in_all && !taken.send_one_away() {
            return None;
        }
        if taken.newcomers.len() > self.in_all.saturating_mul(2) {
            taken.newcomers.retain(|one| one.upgrade().is_some_and(|standing| !standing.has_asked()));
        }
        taken.count += 1;
        if let Some(origin) = origin {
            *taken.by_origin.entry(origin).or_default() += 1;
        }
        let standing = Arc::new(Standing::default());
        taken.newcomers.push_back(Arc::downgrade(&standing));
        Some(Slot { places: self.clone(), origin, standing })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn send_one_away(&mut self) -> bool {
        let newcomers = std::iter::from_fn(|| self.newcomers.pop_front());
        let mut present = newcomers.filter_map(|one| one.upgrade());
        let leaving = present.find(|standing| !standing.has_asked());
        leaving.inspect(|standing| standing.must_leave.cancel()).is_some()
    }
}

impl Standing {
    fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Relaxed)
    }
}

impl Slot {
    /// Notes that the connection has sent the complete head of a request. From then on, the
    /// connection is not closed to make room.
    pub fn asked(&self) {
        if !self.standing.has_asked() {
            self.standing.has_asked.store(true, Ordering::Relaxed);
        }
    }

    /// Returns once another connection needs the slot.
    pub async fn needed(&self) {
        self.standing.must_leave.cancelled().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.count = taken.count.saturating_sub(1);
        if let Some(Entry::Occupied(mut count)) = self.origin.map(|origin| taken.by_origin.entry(origin)) {
            match count.get().checked_sub(1) {
                None | Some(0) => drop(count.remove()),
                Some(left) => *count.get_mut() = left,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use futures::FutureExt as _;

    use super::*;

    fn take(places: &Arc<ConnectionSlots>, last: u8) -> Option<Slot> {
        places.take(Some(Origin::of(IpAddr::from(Ipv4Addr::new(192, 0, 2, last)))))
    }

    fn is_needed(place: &Slot) -> bool {
        place.needed().now_or_never().is_some()
    }

    #[test]
    fn an_origin_has_so_many_places() {
        let places = ConnectionSlots::new(10, 2);
        let held = [take(&places, 1), take(&places, 1)];
        assert!(held.iter().all(Option::is_some));
        assert!(take(&places, 1).is_none());
        assert!(take(&places, 2).is_some(), "another origin has its own slots");
        assert!(places.take(None).is_some(), "a proxy connects for many clients");
        drop(held);
        assert!(take(&places, 1).is_some());
        assert!(places.taken().by_origin.is_empty(), "an origin without connections is forgotten");
    }

    #[test]
    fn silent_connections_make_room_in_the_order_of_arrival() {
        let places = ConnectionSlots::new(3, 3);
        let [first, second, third] = [1, 2, 3].map(|last| take(&places, last).unwrap());
        first.asked();
        let fourth = take(&places, 4).unwrap();
        assert_eq!([&first, &second, &third, &fourth].map(is_needed), [false, true, false, false]);
        drop(second);
        third.asked();
        fourth.asked();
        assert!(take(&places, 5).is_none(), "all have sent a request");
        assert!(![&first, &third, &fourth].into_iter().any(is_needed));
    }

    #[test]
    fn the_queue_does_not_grow_with_those_who_left() {
        let places = ConnectionSlots::new(10, 10);
        let _stays = take(&places, 1);
        for _ in 0..10_000 {
            drop(take(&places, 2));
        }
        assert!(places.taken().newcomers.len() <= 21);
    }
}
