//! Slots for connections: a number in total, and a number for each origin.
//!
//! A full port closes a connection to make room for a new one, the newcomer. It closes the oldest
//! connection that has not yet sent the complete head of a request, so silent or very slow
//! connections keep nobody out. If there is none, it considers the origins that hold more
//! connections than the newcomer's origin, and the newcomer's origin itself. Of these, it chooses
//! the origin that holds most, and closes the connection of that origin that has been idle for
//! longest. If no connection of that origin is idle, it tries the origin that holds the next most.
//! A connection with work in progress is never closed for another. A connection of a proxy may
//! displace one of any origin, and is itself the last choice.

use std::{
    cmp::Reverse,
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    arrival::{Account, Ledger},
    limits::Origin,
};

/// Time after an answer in which its connection is not closed, so that the answer is sent.
const IDLE_MIN: Duration = Duration::from_millis(100);

/// Minimum interval between log messages about refused connections.
const FULL_LOG_INTERVAL: Duration = Duration::from_secs(10);

/// The slots of one port.
pub struct ConnectionSlots {
    in_all: usize,
    per_origin: usize,
    taken: Mutex<Taken>,
    ledger: Arc<Ledger>,
    /// The last time at which the log said that connections were refused.
    told: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Taken {
    count: usize,
    next_id: u64,
    /// The connections by origin. Connections of proxies have no origin and share the key `None`.
    held: HashMap<Option<Origin>, HashMap<u64, Arc<Standing>>>,
    /// New connections, the oldest first. Some have closed since, or have sent a request.
    newcomers: VecDeque<Weak<Standing>>,
}

/// A slot that is taken until this value is dropped.
pub struct Slot {
    places: Arc<ConnectionSlots>,
    id: u64,
    origin: Mutex<Option<Origin>>,
    standing: Arc<Standing>,
}

/// The state of a slot's connection.
pub struct Standing {
    state: Mutex<State>,
    must_leave: CancellationToken,
}

struct State {
    has_asked: bool,
    has_shown_key: bool,
    /// Number of requests, and of answers that are being sent, that count as work in progress.
    working: usize,
    /// The last time at which a request arrived or was answered.
    last: Instant,
    is_leaving: bool,
}

impl ConnectionSlots {
    pub fn new(in_all: usize, per_origin: usize) -> Arc<Self> {
        Arc::new(Self {
            in_all,
            per_origin,
            taken: Mutex::default(),
            ledger: Arc::default(),
            told: Mutex::default(),
        })
    }

    /// Takes a slot for a connection; `None` if there is no room. `origin`: `None` for a proxy,
    /// because it connects for many clients.
    pub fn take(self: &Arc<Self>, origin: Option<Origin>) -> Option<Slot> {
        let mut taken = lock(&self.taken);
        if taken.held_by(origin) >= self.most_of(origin) {
            return None;
        }
        if taken.count >= self.in_all && !taken.send_one_away(origin) {
            return None;
        }
        if taken.newcomers.len() > self.in_all.saturating_mul(2) {
            taken.newcomers.retain(|one| one.upgrade().is_some_and(|standing| standing.is_new()));
        }
        taken.count += 1;
        taken.next_id += 1;
        let id = taken.next_id;
        let standing = Arc::new(Standing::new());
        taken.held.entry(origin).or_default().insert(id, standing.clone());
        taken.newcomers.push_back(Arc::downgrade(&standing));
        Some(Slot { places: self.clone(), id, origin: Mutex::new(origin), standing })
    }

    /// Logs that a connection was refused, at most once per `FULL_LOG_INTERVAL`.
    pub fn tell_full(&self) {
        let mut told = lock(&self.told);
        if told.is_none_or(|told| told.elapsed() > FULL_LOG_INTERVAL) {
            tracing::warn!("connections were refused: too many in total, or from one address");
            *told = Some(Instant::now());
        }
    }

    /// The number of connections that an origin may have.
    fn most_of(&self, origin: Option<Origin>) -> usize {
        origin.map_or(usize::MAX, |_| self.per_origin)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Taken {
    fn held_by(&self, origin: Option<Origin>) -> usize {
        self.held.get(&origin).map_or(0, HashMap::len)
    }

    /// Closes a connection to make room for one of `origin`. Returns false if none may be closed.
    fn send_one_away(&mut self, origin: Option<Origin>) -> bool {
        let newcomers = std::iter::from_fn(|| self.newcomers.pop_front());
        let mut present = newcomers.filter_map(|one| one.upgrade());
        present.any(|standing| standing.leave_if(|state| !state.has_asked)) || self.send_idle_away(origin)
    }

    fn send_idle_away(&self, origin: Option<Origin>) -> bool {
        // A proxy connects for many clients. So it may displace any origin, however many
        // connections it holds itself, and its own connections are closed last.
        let own = origin.map_or(0, |_| self.held_by(origin));
        let may_displace = |other: &Option<Origin>, held: usize| *other == origin || held > own;
        let rank = |other: &Option<Origin>, held: usize| (other.is_some(), held);
        let all = || {
            let all = self.held.iter().map(|(other, held)| (other, held.len(), held));
            all.filter(|(other, held, _)| may_displace(other, *held))
        };
        // Usually the origin that ranks highest has an idle connection.
        let most = all().max_by_key(|(other, held, _)| rank(other, *held));
        if most.is_some_and(|(_, _, held)| leave_longest_idle(held)) {
            return true;
        }
        let mut others: Vec<_> = all().collect();
        others.sort_unstable_by_key(|(other, held, _)| Reverse(rank(other, *held)));
        others.into_iter().any(|(_, _, held)| leave_longest_idle(held))
    }
}

/// Closes the connection that has been idle for longest. Returns whether any is idle.
fn leave_longest_idle(held: &HashMap<u64, Arc<Standing>>) -> bool {
    let mut idle: Vec<_> =
        held.values().filter_map(|standing| Some((standing.idle_since()?, standing))).collect();
    idle.sort_unstable_by_key(|(since, _)| *since);
    // A request may have arrived since.
    idle.into_iter().any(|(_, standing)| standing.leave_if(State::is_idle))
}

impl State {
    fn is_idle(&self) -> bool {
        self.has_asked && self.working == 0 && self.last.elapsed() >= IDLE_MIN
    }
}

impl Standing {
    pub fn new() -> Self {
        let state = State {
            has_asked: false,
            has_shown_key: false,
            working: 0,
            last: Instant::now(),
            is_leaving: false,
        };
        Self { state: Mutex::new(state), must_leave: CancellationToken::new() }
    }

    fn is_new(&self) -> bool {
        !lock(&self.state).has_asked
    }

    fn idle_since(&self) -> Option<Instant> {
        let state = lock(&self.state);
        (!state.is_leaving && state.is_idle()).then_some(state.last)
    }

    /// Closes the connection if `is_so` holds and it is not closing already. Returns whether it
    /// did.
    fn leave_if(&self, is_so: impl FnOnce(&State) -> bool) -> bool {
        let mut state = lock(&self.state);
        let leaves = !state.is_leaving && is_so(&state);
        if leaves {
            state.is_leaving = true;
            self.must_leave.cancel();
        }
        leaves
    }

    /// Returns whether a caller on this connection has shown a valid API key.
    pub fn has_shown_key(&self) -> bool {
        lock(&self.state).has_shown_key
    }

    /// Notes that a caller on this connection has shown a valid API key.
    pub fn show_key(&self) {
        lock(&self.state).has_shown_key = true;
    }

    /// Notes that the complete head of a request has arrived. Returns false if the connection is
    /// closing: then nothing more is served on it.
    pub fn arrived(&self) -> bool {
        let mut state = lock(&self.state);
        (state.has_asked, state.last) = (true, Instant::now());
        !state.is_leaving
    }

    /// Counts work on the connection until `end_work`.
    pub fn begin_work(&self) {
        lock(&self.state).working += 1;
    }

    pub fn end_work(&self) {
        let mut state = lock(&self.state);
        state.working = state.working.saturating_sub(1);
        state.last = Instant::now();
    }
}

impl Slot {
    /// Makes the counter of the bytes that the connection's unfinished requests hold. It starts at
    /// zero.
    pub fn account(&self) -> Arc<Account> {
        Account::new(self.places.ledger.clone(), *lock(&self.origin), self.standing.clone())
    }

    /// Counts the connection for `origin` from now on, because its proxy has named the client.
    /// Returns false if that origin has too many connections.
    pub fn move_to(&self, origin: Option<Origin>) -> bool {
        let mut taken = lock(&self.places.taken);
        if taken.held_by(origin) >= self.places.most_of(origin) {
            self.places.tell_full();
            return false;
        }
        let former = std::mem::replace(&mut *lock(&self.origin), origin);
        taken.remove(former, self.id);
        taken.held.entry(origin).or_default().insert(self.id, self.standing.clone());
        true
    }

    /// Returns once another connection needs the slot.
    pub async fn needed(&self) {
        self.standing.must_leave.cancelled().await;
    }
}

impl Taken {
    fn remove(&mut self, origin: Option<Origin>, id: u64) {
        if let Entry::Occupied(mut held) = self.held.entry(origin) {
            held.get_mut().remove(&id);
            if held.get().is_empty() {
                held.remove();
            }
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = lock(&self.places.taken);
        taken.count = taken.count.saturating_sub(1);
        let origin = *lock(&self.origin);
        taken.remove(origin, self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use futures::FutureExt as _;

    use super::*;

    fn origin(last: u8) -> Origin {
        Origin::of(IpAddr::from(Ipv4Addr::new(192, 0, 2, last)))
    }

    fn take(places: &Arc<ConnectionSlots>, last: u8) -> Option<Slot> {
        places.take(Some(origin(last)))
    }

    fn is_needed(place: &Slot) -> bool {
        place.needed().now_or_never().is_some()
    }

    /// Connections whose last request came `seconds` ago, one for each number.
    fn idle(places: &Arc<ConnectionSlots>, last: u8, seconds: &[u64]) -> Vec<Slot> {
        let slot = |seconds: &u64| {
            let slot = take(places, last).unwrap();
            assert!(slot.standing.arrived());
            lock(&slot.standing.state).last -= Duration::from_secs(*seconds);
            slot
        };
        seconds.iter().map(slot).collect()
    }

    #[test]
    fn an_origin_has_a_limited_number_of_slots() {
        let places = ConnectionSlots::new(10, 2);
        let held = [take(&places, 1), take(&places, 1)];
        assert!(held.iter().all(Option::is_some));
        assert!(take(&places, 1).is_none());
        assert!(take(&places, 2).is_some(), "another origin has its own slots");
        let proxied = [places.take(None), places.take(None), places.take(None)].map(Option::unwrap);
        assert!(!proxied[0].move_to(Some(origin(1))), "the client of a proxy counts like any other");
        drop(held);
        assert!(proxied[0].move_to(Some(origin(1))) && proxied[1].move_to(Some(origin(1))));
        assert!(!proxied[2].move_to(Some(origin(1))));
        assert!(take(&places, 1).is_none());
        drop(proxied);
        assert!(take(&places, 1).is_some());
        assert!(lock(&places.taken).held.is_empty(), "an origin without connections is forgotten");
    }

    #[test]
    fn silent_connections_make_room_in_the_order_of_arrival() {
        let places = ConnectionSlots::new(3, 3);
        let [first, second, third] = [1, 2, 3].map(|last| take(&places, last).unwrap());
        assert!(first.standing.arrived());
        let fourth = take(&places, 4).unwrap();
        assert_eq!([&first, &second, &third, &fourth].map(is_needed), [false, true, false, false]);
        assert!(!second.standing.arrived(), "a request that comes too late is not served");
        drop(second);
        for slot in [&first, &third, &fourth] {
            assert!(slot.standing.arrived());
            slot.standing.begin_work();
        }
        assert!(take(&places, 5).is_none(), "a connection with work in progress is never closed");
        assert!(![&first, &third, &fourth].into_iter().any(is_needed));
    }

    #[test]
    fn the_longest_idle_connection_of_the_origin_that_holds_most_makes_room() {
        let places = ConnectionSlots::new(6, 6);
        let many = idle(&places, 1, &[5, 30, 20]);
        let few = idle(&places, 2, &[500, 600]);
        let one = idle(&places, 3, &[900]);
        many[1].standing.begin_work();
        let newcomer = take(&places, 4).unwrap();
        assert_eq!([0, 1, 2].map(|index| is_needed(&many[index])), [false, false, true]);
        assert!(!few.iter().chain(&one).any(is_needed));
        // Origin 1 holds most, but none of its connections is idle now, so origin 2 loses one.
        // Then origin 1 itself asks: no other origin holds more.
        newcomer.standing.arrived();
        many[0].standing.begin_work();
        let next = take(&places, 5).unwrap();
        assert_eq!([0, 1].map(|index| is_needed(&few[index])), [false, true]);
        next.standing.arrived();
        assert!(take(&places, 1).is_none(), "an origin that holds most displaces no other");
        many[0].standing.end_work();
        lock(&many[0].standing.state).last += Duration::from_mins(1);
        assert!(take(&places, 1).is_none(), "a connection is not closed just after its answer");
    }

    #[test]
    fn a_proxy_gives_way_last() {
        let places = ConnectionSlots::new(3, 3);
        let proxied = [places.take(None), places.take(None)].map(Option::unwrap);
        for slot in &proxied {
            slot.standing.arrived();
            lock(&slot.standing.state).last -= Duration::from_mins(1);
        }
        let one = idle(&places, 1, &[1]).remove(0);
        let newcomer = take(&places, 2).unwrap();
        assert!(is_needed(&one) && !proxied.iter().any(is_needed));
        newcomer.standing.arrived();
        newcomer.standing.begin_work();
        let _next = take(&places, 3).unwrap();
        assert_eq!(proxied.iter().filter(|slot| is_needed(slot)).count(), 1);
    }

    #[test]
    fn the_queue_does_not_grow_with_closed_connections() {
        let places = ConnectionSlots::new(10, 10);
        let _stays = take(&places, 1);
        for _ in 0..10_000 {
            drop(take(&places, 2));
        }
        assert!(lock(&places.taken).newcomers.len() <= 21);
    }
}
