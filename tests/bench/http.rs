//! Calls over HTTP/1.1 by a minimal client, which leaves the machine's time to the server.

use std::{fmt::Write as _, io::ErrorKind, sync::Arc};

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
    /// A redirect, with the slug of its link.
    Redirect(String),
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
            Ask::Postback(_) => "User-Agent: shop/1.0\r\nAccept: */*\r\n",
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

    /// Sends the next request and reads its whole answer.
    async fn exchange(&mut self) -> Result<()> {
        self.request.clear();
        match &self.ask {
            Ask::Healthz => self.request.push_str("GET /healthz"),
            Ask::Postback(orders) => write!(self.request, "GET {}", orders.next().target())?,
            Ask::Redirect(slug) => write!(self.request, "GET /{slug}?sub1=newsletter")?,
        }
        self.request.push_str(&self.headers);
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
        self.exchange().await?;
        self.answer()
    }

    /// The last answer.
    fn answer(&self) -> Result<Answer<'_>> {
        Answer::read(&self.answer)?.ok_or_else(|| "an answer without headers".into())
    }
}

impl Caller for Connection {
    async fn call(&mut self) -> Result<u64> {
        self.exchange().await?;
        let answer = self.answer()?;
        let good = match self.ask {
            Ask::Healthz => answer.status == "200",
            Ask::Postback(_) => answer.status == "200" && answer.header("s2s-verdict") == "RECORDED",
            Ask::Redirect(_) => answer.status == "302" && answer.header("location").contains("?s1="),
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
