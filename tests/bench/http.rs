//! Calls over HTTP/1.1 by a minimal client, which leaves the machine's time to the server.

use std::{io::ErrorKind, sync::Arc};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{Result, load::Caller, orders::Orders};

/// The size of the read buffer; every answer is smaller.
const ANSWER_BYTES: usize = 4 * 1_024;

/// A request.
#[derive(Clone)]
pub enum Ask {
    Healthz,
    Postback(Arc<Orders>),
    /// The two postbacks of an order: it is pending, then approved.
    PendingThenApproved(Arc<Orders>),
    /// A redirect, with the slug of its link.
    Redirect(String),
}

impl Ask {
    /// Path and query of the next request.
    fn target(&self) -> String {
        match self {
            Self::Healthz => "/healthz".to_owned(),
            Self::Postback(orders) | Self::PendingThenApproved(orders) => orders.next().target(),
            Self::Redirect(slug) => format!("/{slug}?sub1=newsletter"),
        }
    }
}

/// A connection that stays open, with one request in flight.
pub struct Connection {
    stream: TcpStream,
    ask: Ask,
    /// The headers of every request, and the blank line.
    headers: String,
    request: String,
    answer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: &str, ask: Ask) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let headers = match ask {
            Ask::Healthz => "",
            Ask::Postback(_) | Ask::PendingThenApproved(_) => "User-Agent: shop/1.0\r\nAccept: */*\r\n",
            Ask::Redirect(_) => {
                "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
                 Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
                 Referer: https://blog.example/post\r\n"
            }
        };
        let headers = format!(" HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n");
        Ok(Self { stream, ask, headers, request: String::new(), answer: Vec::with_capacity(ANSWER_BYTES) })
    }

    /// Opens `count` connections with the same request.
    pub async fn open_all(address: &str, ask: &Ask, count: usize) -> Result<Vec<Self>> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(Self::open(address, ask.clone()).await?);
        }
        Ok(connections)
    }

    /// Returns whether the server has closed the connection, or sent something unasked.
    pub fn is_closed(&self) -> bool {
        let read = self.stream.try_read(&mut [0]);
        !matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock)
    }

    /// Sends a request and reads its whole answer.
    async fn exchange(&mut self, target: &str) -> Result<()> {
        self.request.clear();
        self.request.extend(["GET ", target, &self.headers]);
        self.stream.write_all(self.request.as_bytes()).await?;
        self.answer.clear();
        while !whole(&self.answer)? {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed a connection instead of answering".into());
            }
        }
        Ok(())
    }

    /// Sends the next request. Returns its answer, whatever it is.
    pub async fn ask(&mut self) -> Result<Answer<'_>> {
        let target = self.ask.target();
        self.exchange(&target).await?;
        self.answer()
    }

    /// The last answer.
    fn answer(&self) -> Result<Answer<'_>> {
        Answer::read(&self.answer)?.ok_or_else(|| "an answer without headers".into())
    }

    /// Sends a postback, which must be answered with this verdict.
    async fn report(&mut self, target: &str, verdict: &str) -> Result<()> {
        self.exchange(target).await?;
        let answer = self.answer()?;
        let good = answer.status == "200" && answer.header("s2s-verdict") == verdict;
        if good { Ok(()) } else { Err(format!("not {verdict}: {}", answer.text).into()) }
    }
}

impl Caller for Connection {
    async fn call(&mut self) -> Result<u64> {
        let target = self.ask.target();
        match self.ask {
            Ask::Postback(_) => {
                self.report(&target, "RECORDED").await?;
                return Ok(1);
            }
            Ask::PendingThenApproved(_) => {
                self.report(&format!("{target}&status=pending"), "RECORDED").await?;
                self.report(&format!("{target}&status=approved"), "UPDATED").await?;
                return Ok(2);
            }
            Ask::Healthz | Ask::Redirect(_) => self.exchange(&target).await?,
        }
        let answer = self.answer()?;
        let good = match self.ask {
            Ask::Redirect(_) => answer.status == "302" && answer.header("location").contains("?s1="),
            _ => answer.status == "200",
        };
        if good { Ok(1) } else { Err(format!("not the right answer: {}", answer.text).into()) }
    }
}

/// The text of an answer, its status, and its whole length in bytes, with the body.
pub struct Answer<'a> {
    pub text: &'a str,
    pub status: &'a str,
    bytes: usize,
}

fn whole(bytes: &[u8]) -> Result<bool> {
    Ok(Answer::read(bytes)?.is_some_and(|answer| bytes.len() >= answer.bytes))
}

impl<'a> Answer<'a> {
    /// Reads an answer; `None` while its headers are incomplete.
    fn read(bytes: &'a [u8]) -> Result<Option<Self>> {
        let text = str::from_utf8(bytes)?;
        let Some((head, _)) = text.split_once("\r\n\r\n") else { return Ok(None) };
        let status = head.split(' ').nth(1).ok_or("an answer without a status")?;
        let mut answer = Self { text, status, bytes: 0 };
        let length: usize = answer.header("content-length").parse()?;
        answer.bytes = head.len() + 4 + length;
        Ok(Some(answer))
    }

    /// The value of a header; empty if absent.
    fn header(&self, name: &str) -> &'a str {
        let lines = self.text.lines().take_while(|line| !line.is_empty());
        let mut headers = lines.filter_map(|line| line.split_once(": "));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}
