//! In: datagrams at one address. Out: the same datagrams at another, a while later; and the way back.
//!
//! Must not know: what they carry. It stands for the distance between a resolver and a server where
//! the kernel cannot hold packets back itself. It knows one asker: the last one heard.

use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Relays between `listen` and `target` until a socket fails; every packet waits for `delay` and up to
/// a quarter of it more, and none overtakes another.
///
/// # Errors
/// What a socket said.
pub fn run(listen: SocketAddr, target: SocketAddr, delay: Duration) -> std::io::Result<()> {
    let near = UdpSocket::bind(listen)?;
    let far = UdpSocket::bind(if target.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    })?;
    far.connect(target)?;
    let asker = Arc::new(Mutex::new(None::<SocketAddr>));
    let (forth, forth_waits) = channel();
    let (back, back_waits) = channel();
    let out = far.try_clone()?;
    thread::spawn(move || {
        send_later(&forth_waits, |bytes| {
            let _lost = out.send(bytes);
        });
    });
    let (out, known) = (near.try_clone()?, Arc::clone(&asker));
    thread::spawn(move || {
        send_later(&back_waits, |bytes| {
            let to = known.lock().ok().and_then(|asker| *asker);
            let _lost = to.map(|to| out.send_to(bytes, to));
        });
    });
    thread::spawn(move || {
        let mut wait = Wait::new(delay, 1);
        let mut buffer = [0; 65_536];
        loop {
            // A server that does not listen yet is answered by an error; the next packet may find it.
            match far.recv(&mut buffer) {
                Ok(size) => wait.put(&back, &buffer[..size]),
                Err(_) => thread::sleep(Duration::from_millis(1)),
            }
        }
    });
    let mut wait = Wait::new(delay, 2);
    let mut buffer = [0; 65_536];
    loop {
        let (size, from) = near.recv_from(&mut buffer)?;
        if let Ok(mut asker) = asker.lock() {
            *asker = Some(from);
        }
        wait.put(&forth, &buffer[..size]);
    }
}

type Waiting = (Instant, Vec<u8>);

/// When a packet may go on.
struct Wait {
    delay: Duration,
    last: Instant,
    state: u64,
}

impl Wait {
    fn new(delay: Duration, seed: u64) -> Self {
        Self {
            delay,
            last: Instant::now(),
            state: seed,
        }
    }

    fn put(&mut self, queue: &Sender<Waiting>, bytes: &[u8]) {
        // A multiplicative generator; its upper bits are even enough for a jitter.
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let share = (self.state >> 40) as f64 / (1_u64 << 24) as f64;
        let due = Instant::now() + self.delay + self.delay.mul_f64(share / 4.0);
        self.last = self.last.max(due);
        let _ended = queue.send((self.last, bytes.to_vec()));
    }
}

fn send_later(queue: &Receiver<Waiting>, send: impl Fn(&[u8])) {
    for (due, bytes) in queue {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        send(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_go_there_and_come_back() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let target = server.local_addr().unwrap();
        // A free port, given back for the relay to take.
        let listen = UdpSocket::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        thread::spawn(move || run(listen, target, Duration::from_millis(2)));
        thread::spawn(move || {
            let mut buffer = [0; 64];
            while let Ok((size, from)) = server.recv_from(&mut buffer) {
                buffer[..size].reverse();
                server.send_to(&buffer[..size], from).unwrap();
            }
        });
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client
            .set_read_timeout(Some(Duration::from_millis(50)))
            .unwrap();
        let mut buffer = [0; 64];
        let answer = (0..200).find_map(|_| {
            client.send_to(b"abc", listen).ok()?;
            client.recv(&mut buffer).ok()
        });
        assert_eq!(answer, Some(3));
        assert_eq!(&buffer[..3], b"cba");
    }
}
