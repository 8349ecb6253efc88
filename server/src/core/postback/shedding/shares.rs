//! The room of strangers' networks: the number of postbacks that may be held because their network
//! has not sent many in this minute. The networks share it evenly.
//!
//! A customer of an IPv6 provider has a site, a /48 with 65,536 networks. All networks of a site
//! together have the room of ten networks, so that one customer can't shut out others.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::WINDOW;
use crate::values::address::{Network, Site};

/// Maximum numbers of postbacks that one server holds in a minute because of their network
/// alone: of one network, of one site, and of all networks together.
const HELD_OF_NETWORK_MAX: u32 = 60;
const HELD_OF_SITE_MAX: u32 = 600;
const HELD_OF_STRANGERS_MAX: u32 = 6_000;
/// Maximum numbers of networks that are counted in a minute: of one site, and in all. They exceed
/// the limits of held postbacks, so that networks without a held postback are counted, too.
const NETWORKS_OF_SITE_MAX: u32 = 2_000;
const NETWORKS_MAX: usize = 20_000;

/// The counts of strangers' networks.
#[derive(Default)]
pub struct Strangers {
    /// Time of the first postback of the present minute.
    begins: Option<Instant>,
    held: u32,
    present: Minute,
    before: Minute,
}

#[derive(Default)]
struct Minute {
    networks: HashMap<Network, Share>,
    sites: HashMap<Site, SiteShare>,
}

#[derive(Clone, Copy, Default)]
struct Share {
    held: u32,
    shed: u64,
}

#[derive(Clone, Copy, Default)]
struct SiteShare {
    networks: u32,
    held: u32,
}

impl Strangers {
    /// Admits a postback of the network. `Ok` is the number of its postbacks that were shed since
    /// the last one that was admitted, in this minute and the one before; `Err` is the time until
    /// the end of the minute.
    pub fn admit(&mut self, network: Network, now: Instant) -> Result<u64, Duration> {
        let end = self.begins.map(|begins| begins + WINDOW).filter(|end| *end > now);
        let end = end.unwrap_or_else(|| {
            self.before = std::mem::take(&mut self.present);
            (self.begins, self.held) = (Some(now), 0);
            self.tell();
            now + WINDOW
        });
        let left = end.duration_since(now);
        let site = network.site();
        let (of_site, share) = self.shares(site);
        let Some((own, site)) = self.present.counts(network, site) else { return Err(left) };
        if own.held >= share || site.held >= of_site || self.held >= HELD_OF_STRANGERS_MAX {
            own.shed += 1;
            return Err(left);
        }
        own.held += 1;
        site.held += 1;
        self.held += 1;
        let shed = std::mem::take(&mut own.shed);
        let before = self.before.networks.get_mut(&network).map(|before| std::mem::take(&mut before.shed));
        Ok(before.unwrap_or_default() + shed)
    }

    /// The shares of a site, and of each of its networks: the numbers of their postbacks that may
    /// be held in this minute.
    ///
    /// The networks of the minute before are expected again. Otherwise the first networks of a
    /// minute would take the room of later networks.
    fn shares(&self, site: Site) -> (u32, u32) {
        let sites = self.present.sites.len().max(self.before.sites.len());
        let sites = u32::try_from(sites).unwrap_or(u32::MAX).max(1);
        let of_site = (HELD_OF_STRANGERS_MAX / sites).clamp(1, HELD_OF_SITE_MAX);
        let networks = self.present.networks_of(site).max(self.before.networks_of(site)).max(1);
        (of_site, (of_site / networks).clamp(1, HELD_OF_NETWORK_MAX))
    }

    /// Logs the number of postbacks that were shed in the minute that is over.
    fn tell(&self) {
        let networks = &self.before.networks;
        let shed: u64 = networks.values().map(|share| share.shed).sum();
        let busiest = networks.iter().max_by_key(|(_, share)| share.shed);
        if let Some((network, share)) = busiest.filter(|(_, share)| share.shed > 0) {
            let networks = networks.values().filter(|share| share.shed > 0).count();
            let of_it = share.shed;
            tracing::warn!(shed, networks, busiest = %network, of_it, "postbacks of strangers were shed");
        }
    }
}

impl Minute {
    fn networks_of(&self, site: Site) -> u32 {
        self.sites.get(&site).map_or(0, |site| site.networks)
    }

    /// The counts of a network and its site; `None` if too many networks are counted already.
    fn counts(&mut self, network: Network, site: Site) -> Option<(&mut Share, &mut SiteShare)> {
        if !self.networks.contains_key(&network) {
            if self.networks.len() >= NETWORKS_MAX || self.networks_of(site) >= NETWORKS_OF_SITE_MAX {
                return None;
            }
            self.sites.entry(site).or_default().networks += 1;
        }
        Some((self.networks.entry(network).or_default(), self.sites.entry(site).or_default()))
    }
}

#[cfg(test)]
mod tests;
