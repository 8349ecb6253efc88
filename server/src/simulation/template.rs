//! The database with which every simulation begins: migrated, with one link and one code.

use std::path::{Path, PathBuf};

use s2s_sdk::v1::{
    ConversionCode, CreateConversionCodeRequest, CreateTrackingLinkRequest, TrackingLink,
    conversion_code_service_client::ConversionCodeServiceClient,
    tracking_link_service_client::TrackingLinkServiceClient,
};
use sea_orm::{ConnectionTrait as _, DbBackend};
use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio_util::sync::CancellationToken;

use super::{
    clients::SetUp,
    history::TABLES,
    server::{Plan, start_core, transport},
};
use crate::{
    api::Tenant,
    core::tracking_link,
    db::Db,
    values::{
        id::Random,
        time::{Time, simulated},
    },
};

/// The time at which simulations begin.
pub const BEGIN: Time = Time::from_micros(1_800_000_000_000_000);
/// Space that a folder in memory must have, in bytes.
const MEMORY_BYTES_MIN: u64 = 512 * 1_024 * 1_024;

pub struct Template {
    pub database: Vec<u8>,
    pub set_up: SetUp,
}

/// A new folder, in memory if possible, because each commit waits for the disk.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let room = rustix::fs::statvfs(memory).map_or(0, |found| found.f_bavail.saturating_mul(found.f_frsize));
    if room >= MEMORY_BYTES_MIN { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// The URL of the database in a folder.
pub fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("simulation.db").display())
}

/// Opens the database in a folder.
pub async fn open(folder: &Path) -> Db {
    Db::open(Some(DbBackend::Sqlite), &url(folder), &[], 1).await.unwrap()
}

impl Template {
    pub fn make() -> Self {
        simulated::set(Some(BEGIN));
        let folder = folder();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let set_up = runtime.block_on(set_up(folder.path()));
        runtime.shutdown_background();
        simulated::set(None);
        let database = std::fs::read(folder.path().join("simulation.db")).unwrap();
        Self { database, set_up }
    }

    /// Puts a copy of the database into a folder.
    pub fn copy_to(&self, folder: &Path) {
        std::fs::write(folder.join("simulation.db"), &self.database).unwrap();
    }
}

async fn set_up(folder: &Path) -> SetUp {
    std::fs::write(folder.join("simulation.db"), b"").unwrap();
    let db = open(folder).await;
    let plan = Plan {
        number: 0,
        db: db.clone(),
        spool: PathBuf::new(),
        ahead_seconds: 0,
        batch_max: 1,
        batches_max: 1,
        postbacks_kept_for: None,
    };
    let (app, services) = start_core(db.clone(), &plan, Random::seeded(0), CancellationToken::new()).await;
    let code = ConversionCode { name: "Sale".to_owned(), ..Default::default() };
    let request = CreateConversionCodeRequest { conversion_code: Some(code), ..Default::default() };
    let mut codes = ConversionCodeServiceClient::new(transport(&services));
    let code = codes.create_conversion_code(request).await.unwrap().into_inner().conversion_code.unwrap().id;
    let link = TrackingLink {
        destination: "https://shop.example/?click=[s2sidentifier]".to_owned(),
        conversion_code_ids: vec![code.clone()],
        ..Default::default()
    };
    let request = CreateTrackingLinkRequest { tracking_link: Some(link), ..Default::default() };
    let mut links = TrackingLinkServiceClient::new(transport(&services));
    let link = links.create_tracking_link(request).await.unwrap().into_inner().tracking_link.unwrap().id;
    let link = tracking_link::get(&app, Tenant::All, link.parse().unwrap()).await.unwrap();
    let txn = db.begin().await.unwrap();
    txn.execute_unprepared(TABLES).await.unwrap();
    txn.commit().await.unwrap();
    drop((app, services));
    // The last connection that is closed moves everything into the file.
    db.close().await.unwrap();
    SetUp { link: link.id, link_key: link.link_key, code }
}
