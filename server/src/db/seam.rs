//! The seam between the server and its database, in unit tests alone. A server of the simulation
//! (`crate::simulation`) has a gate. Each of its statements waits at the gate until the desk lets it
//! pass, or has it fail. Without a gate, statements pass at once.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sqlx::{self, Connection as _, Executor as _, SqliteConnection},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::{Instant, timeout},
};

use super::{
    ACQUIRE_TIMEOUT, Db,
    batch_connection::{COMMIT, Driver, ROLLBACK, Slot},
};

/// The kind of a step that waits at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Read,
    /// A statement that needs the database's lock.
    Locking,
    /// A statement within a transaction that writes.
    Within,
    Commit,
    Rollback,
    /// The answer to a statement that was executed.
    Answer,
    /// A step of a task of the simulation itself.
    Other,
}

/// The fate of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// Executed. The answer then waits at the desk.
    Hold,
    /// Executed, but the connection is cut before the answer.
    LoseAnswer,
    /// The connection is cut before the statement is executed.
    Refuse,
    /// The connection is cut, but the database does not know that yet: a COMMIT may be executed later.
    Limbo,
}

/// A step that waits at the desk.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub id: u64,
    pub server: usize,
    pub kind: Kind,
    pub what: String,
}

struct Parked {
    waiting: Waiting,
    ruled: oneshot::Sender<(Verdict, Busy)>,
}

/// The steps of all servers that wait.
#[derive(Default)]
pub struct Desk(Mutex<State>);

#[derive(Default)]
struct State {
    next: u64,
    busy: usize,
    parked: Vec<Parked>,
    /// The transactions whose clients are gone, and when they went.
    limbo: Vec<(SqliteConnection, Instant)>,
    quiet: Option<oneshot::Sender<()>>,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be called whenever no task of the runtime is ready.
    pub fn look(&self) {
        let mut state = self.lock();
        if state.busy == 0
            && let Some(quiet) = state.quiet.take()
        {
            let _ = quiet.send(());
        }
    }

    /// Waits until every task waits: for the desk, or for the time. The second round is for the tasks
    /// whose timers end with the first one.
    pub async fn quiet(&self) {
        for _ in 0..2 {
            let (quiet, is_quiet) = oneshot::channel();
            self.lock().quiet = Some(quiet);
            let _ = is_quiet.await;
        }
    }

    /// The waiting steps. Their order does not depend on the order in which they came, because two
    /// tasks that wait for connections at the same time may come in any order.
    pub fn waiting(&self) -> Vec<Waiting> {
        let mut state = self.lock();
        state.parked.retain(|parked| !parked.ruled.is_closed());
        let mut waiting: Vec<Waiting> = state.parked.iter().map(|parked| parked.waiting.clone()).collect();
        waiting.sort_by(|one, other| (one.server, &one.what).cmp(&(other.server, &other.what)));
        waiting
    }

    /// Lets a step go on.
    pub fn rule(self: &Arc<Self>, id: u64, verdict: Verdict) {
        let parked = {
            let mut state = self.lock();
            let at = state.parked.iter().position(|parked| parked.waiting.id == id);
            at.map(|at| state.parked.remove(at))
        };
        if let Some(parked) = parked {
            let _ = parked.ruled.send((verdict, self.busy()));
        }
    }

    pub fn has_limbo(&self) -> bool {
        !self.lock().limbo.is_empty()
    }

    /// Ends the oldest transaction whose client is gone. Returns when the client went.
    pub async fn end_limbo(&self, commits: bool) -> Instant {
        let (mut connection, gone_at) = self.lock().limbo.remove(0);
        connection.execute(if commits { COMMIT } else { ROLLBACK }).await.unwrap();
        connection.close().await.unwrap();
        gone_at
    }

    /// Makes the gate of a server, open.
    pub fn gate(self: &Arc<Self>, server: usize) -> Gate {
        Gate(Some(Arc::new(Post {
            desk: self.clone(),
            server,
            is_open: AtomicBool::new(true),
            is_dead: AtomicBool::new(false),
            writer: Arc::new(Semaphore::new(1)),
            slots: Mutex::default(),
        })))
    }

    fn busy(self: &Arc<Self>) -> Busy {
        self.lock().busy += 1;
        Busy(Some(self.clone()))
    }
}

/// Work that the desk waits for.
pub struct Busy(Option<Arc<Desk>>);

impl Busy {
    #[expect(clippy::disallowed_methods, reason = "the desk waits for it")]
    pub(super) fn until_closed(self, driver: Driver) {
        tokio::spawn(async move {
            driver.close().await;
            drop(self);
        });
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(desk) = &self.0 {
            desk.lock().busy -= 1;
        }
    }
}

/// The gate of a server.
#[derive(Clone, Default)]
pub struct Gate(Option<Arc<Post>>);

struct Post {
    desk: Arc<Desk>,
    server: usize,
    is_open: AtomicBool,
    is_dead: AtomicBool,
    /// Stands for the server's only connection that writes: who waits for it waits for no step.
    writer: Arc<Semaphore>,
    /// The drivers of the connections that write.
    slots: Mutex<Vec<Weak<tokio::sync::Mutex<Option<Driver>>>>>,
}

impl Post {
    /// Waits for ever if the server is dead.
    async fn live(&self) {
        if self.is_dead.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    async fn wait(self: &Arc<Self>, kind: Kind, what: &str) -> (Verdict, Busy) {
        self.live().await;
        let (ruled, verdict) = oneshot::channel();
        {
            let mut state = self.desk.lock();
            state.next += 1;
            let what = what.chars().take(48).collect();
            let waiting = Waiting { id: state.next, server: self.server, kind, what };
            state.parked.push(Parked { waiting, ruled });
        }
        match verdict.await {
            Ok(ruled) => ruled,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Gate {
    /// From now on, the desk decides about each step.
    pub fn shut(&self) {
        self.0.iter().for_each(|post| post.is_open.store(false, Ordering::Relaxed));
    }

    /// Kills the server: none of its steps goes on, and its connections end.
    pub fn kill(&self) {
        let Some(post) = &self.0 else { return };
        post.is_dead.store(true, Ordering::Relaxed);
        post.desk.lock().parked.retain(|parked| parked.waiting.server != post.server);
        for slot in post.slots.lock().unwrap().drain(..).filter_map(|slot| slot.upgrade()) {
            if let Some(driver) = slot.try_lock().unwrap().take() {
                self.busy().until_closed(driver);
            }
        }
    }

    /// Waits at the gate with a step of the simulation itself.
    pub async fn step(&self, what: &str) {
        if let Some(post) = &self.0 {
            post.wait(Kind::Other, what).await;
        }
    }

    /// Waits at the gate with a statement.
    pub(super) async fn pass(&self, sql: &str, in_transaction: bool) -> Passage {
        let Some(post) = self.0.as_ref().filter(|post| !post.is_open.load(Ordering::Relaxed)) else {
            return Passage(None);
        };
        let kind = match sql {
            COMMIT => Kind::Commit,
            ROLLBACK => Kind::Rollback,
            _ if sql.starts_with("SELECT") => Kind::Read,
            _ if in_transaction && !sql.starts_with("BEGIN") => Kind::Within,
            _ => Kind::Locking,
        };
        let (verdict, busy) = post.wait(kind, sql).await;
        Passage(Some((post.clone(), verdict, busy)))
    }

    /// Waits for the connection that writes.
    pub(super) async fn turn(&self) -> Result<Turn, DbErr> {
        let Some(post) = &self.0 else { return Ok(Turn { permit: None, _busy: self.busy() }) };
        post.live().await;
        match timeout(ACQUIRE_TIMEOUT, post.writer.clone().acquire_owned()).await {
            Ok(turn) => {
                post.live().await;
                Ok(Turn { permit: turn.ok(), _busy: self.busy() })
            }
            Err(_) => Err(DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into()))),
        }
    }

    pub(super) fn note(&self, driver: tokio::sync::Mutex<Option<Driver>>) -> Slot {
        let slot = Arc::new(driver);
        if let Some(post) = &self.0 {
            let mut slots = post.slots.lock().unwrap();
            slots.retain(|slot| slot.strong_count() > 0);
            slots.push(Arc::downgrade(&slot));
        }
        slot
    }

    pub(super) fn busy(&self) -> Busy {
        self.0.as_ref().map_or(Busy(None), |post| post.desk.busy())
    }
}

/// The turn of a task on the server's only connection that writes. The desk waits until the pool
/// has handed out the connection.
pub struct Turn {
    permit: Option<OwnedSemaphorePermit>,
    _busy: Busy,
}

impl Turn {
    pub(super) fn taken(self) -> Self {
        Self { permit: self.permit, _busy: Busy(None) }
    }
}

/// A statement that the desk has ruled on.
pub(super) struct Passage(Option<(Arc<Post>, Verdict, Busy)>);

impl Passage {
    /// The error of a statement that does not reach the database.
    pub fn refuse(&self, driver: &mut Option<Driver>) -> Option<sqlx::Error> {
        let (post, verdict, _) = self.0.as_ref()?;
        match verdict {
            Verdict::Refuse => {}
            Verdict::Limbo => {
                // The pool can open another connection.
                if let Some(Driver::Sqlite(connection)) = driver.take() {
                    post.desk.lock().limbo.push((connection.detach(), Instant::now()));
                }
            }
            Verdict::Pass | Verdict::Hold | Verdict::LoseAnswer => return None,
        }
        Some(cut())
    }

    /// The answer, as it reaches the server.
    pub async fn answer<T>(self, answer: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        let Some((post, verdict, busy)) = self.0 else { return answer };
        match verdict {
            Verdict::LoseAnswer => Err(cut()),
            Verdict::Hold => {
                drop(busy);
                post.wait(Kind::Answer, "answer").await;
                answer
            }
            Verdict::Pass | Verdict::Refuse | Verdict::Limbo => answer,
        }
    }
}

fn cut() -> sqlx::Error {
    sqlx::Error::Io(io::Error::other("the simulation has cut the connection"))
}

/// A pool of connections that read, behind a gate.
#[derive(Clone)]
pub struct Reader {
    pool: DatabaseConnection,
    gate: Gate,
}

impl From<DatabaseConnection> for Reader {
    fn from(pool: DatabaseConnection) -> Self {
        Self { pool, gate: Gate::default() }
    }
}

impl Reader {
    pub(super) fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    pub(super) async fn close(self) -> Result<(), DbErr> {
        self.pool.close().await
    }

    async fn ask<T>(&self, sql: &str, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let passage = self.gate.pass(sql, false).await;
        let failed = |error: sqlx::Error| DbErr::Query(RuntimeErr::SqlxError(error.into()));
        if let Some(refused) = passage.refuse(&mut None) {
            return Err(failed(refused));
        }
        let answer = work.await;
        passage.answer(Ok(answer)).await.map_err(failed)?
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let sql = statement.sql.clone();
        self.ask(&sql, self.pool.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ask(sql, self.pool.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let sql = statement.sql.clone();
        self.ask(&sql, self.pool.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let sql = statement.sql.clone();
        self.ask(&sql, self.pool.query_all_raw(statement)).await
    }
}

impl Db {
    /// The same database behind a gate. `batches_max`: the number of batches written at the same time.
    pub fn behind(&self, gate: &Gate, batches_max: u16) -> Self {
        let reader = |reader: &Reader| Reader { gate: gate.clone(), ..reader.clone() };
        Self {
            reader: reader(&self.reader),
            scanner: reader(&self.scanner),
            gate: gate.clone(),
            batches_max,
            ..self.clone()
        }
    }
}
