//! In: the bytes of a capture file. Out: its UDP and TCP packets, in the file's order.
//!
//! Must not know: DNS, flows. What is neither UDP nor TCP is passed over, and so is every fragment of
//! a packet but its first, as nothing of the laboratory is fragmented.

use std::io::Cursor;
use std::net::IpAddr;

use etherparse::{LaxNetSlice, LaxSlicedPacket, TcpHeaderSlice, UdpHeaderSlice};
use pcap_parser::{Block, Linktype, PcapBlockOwned, PcapError, create_reader};
use wakeful_lab::row::Proto;

/// One packet of UDP or TCP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Microseconds since 1970.
    pub micros: i64,
    /// UDP or TCP.
    pub proto: Proto,
    /// Who sent it.
    pub source: (IpAddr, u16),
    /// To whom.
    pub target: (IpAddr, u16),
    /// Bytes with the IP header.
    pub ip_bytes: u64,
    /// Payload bytes on the wire; the capture may hold fewer.
    pub bytes: u64,
    /// The payload as far as it was captured.
    pub payload: Vec<u8>,
    /// Flags of TCP.
    pub flags: Flags,
}

/// The flags of TCP that a connection's state is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)] // They are called what TCP calls them.
pub struct Flags {
    pub syn: bool,
    pub ack: bool,
    pub fin: bool,
    pub rst: bool,
}

/// What an interface's frames begin with, and how it counts time.
#[derive(Clone, Copy)]
struct Interface {
    link: Linktype,
    /// Units of time a second.
    resolution: u64,
    /// Seconds to add.
    offset: i64,
}

/// The packets of a capture file.
///
/// # Errors
/// A sentence, when the file is no capture or breaks off at its head. A file that is cut short gives
/// what it has.
pub fn packets(file: &[u8]) -> Result<Vec<Packet>, String> {
    let no_capture = |error: &dyn std::fmt::Display| {
        format!("It is no pcap or pcapng file ({error}); tcpdump -w writes one.")
    };
    let mut reader =
        create_reader(1 << 20, Cursor::new(file)).map_err(|error| no_capture(&error))?;
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut out = Vec::new();
    let mut stuck = 0;
    loop {
        match reader.next() {
            Ok((size, block)) => {
                stuck = 0;
                read_block(&block, &mut interfaces, &mut out);
                reader.consume(size);
            }
            Err(PcapError::Eof) => break,
            Err(PcapError::Incomplete(_)) if stuck < 2 => {
                stuck += 1;
                reader.refill().map_err(|error| no_capture(&error))?;
            }
            Err(_) if !interfaces.is_empty() => break,
            Err(error) => return Err(no_capture(&error)),
        }
    }
    Ok(out)
}

fn read_block(block: &PcapBlockOwned, interfaces: &mut Vec<Interface>, out: &mut Vec<Packet>) {
    match block {
        PcapBlockOwned::LegacyHeader(header) => interfaces.push(Interface {
            link: header.network,
            resolution: if header.is_nanosecond_precision() {
                1_000_000_000
            } else {
                1_000_000
            },
            offset: 0,
        }),
        PcapBlockOwned::Legacy(frame) => {
            if let Some(interface) = interfaces.first() {
                let divisor = i64::try_from(interface.resolution / 1_000_000).unwrap_or(1);
                let micros =
                    i64::from(frame.ts_sec) * 1_000_000 + i64::from(frame.ts_usec) / divisor;
                out.extend(read_frame(interface.link, micros, frame.data));
            }
        }
        // Another section counts its interfaces anew.
        PcapBlockOwned::NG(Block::SectionHeader(_)) => interfaces.clear(),
        PcapBlockOwned::NG(Block::InterfaceDescription(description)) => {
            interfaces.push(Interface {
                link: description.linktype,
                resolution: description.ts_resolution().unwrap_or(1_000_000),
                offset: description.ts_offset(),
            });
        }
        PcapBlockOwned::NG(Block::EnhancedPacket(frame)) => {
            if let Some(interface) = interfaces.get(frame.if_id as usize) {
                let units = i128::from(frame.ts_high) << 32 | i128::from(frame.ts_low);
                let micros = units * 1_000_000 / i128::from(interface.resolution.max(1))
                    + i128::from(interface.offset) * 1_000_000;
                let data = frame.data.get(..frame.caplen as usize);
                let micros = i64::try_from(micros).unwrap_or_default();
                out.extend(read_frame(
                    interface.link,
                    micros,
                    data.unwrap_or(frame.data),
                ));
            }
        }
        PcapBlockOwned::NG(_) => {}
    }
}

/// The packet of one frame; none when it is neither UDP nor TCP.
fn read_frame(link: Linktype, micros: i64, frame: &[u8]) -> Option<Packet> {
    let sliced = match link {
        Linktype::ETHERNET => LaxSlicedPacket::from_ethernet(frame).ok()?,
        // Of the loopback: four bytes of a family before the IP header.
        Linktype::NULL | Linktype::LOOP => LaxSlicedPacket::from_ip(frame.get(4..)?).ok()?,
        // "Cooked": what tcpdump writes when it listens at every interface.
        Linktype(113) => LaxSlicedPacket::from_ip(frame.get(16..)?).ok()?,
        Linktype(276) => LaxSlicedPacket::from_ip(frame.get(20..)?).ok()?,
        _ => LaxSlicedPacket::from_ip(frame).ok()?,
    };
    let (source, target, ip_bytes, payload) = match sliced.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            let header = ip.header();
            if header.fragments_offset().value() != 0 {
                return None;
            }
            (
                IpAddr::V4(header.source_addr()),
                IpAddr::V4(header.destination_addr()),
                u64::from(header.total_len()),
                ip.payload(),
            )
        }
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header();
            (
                IpAddr::V6(header.source_addr()),
                IpAddr::V6(header.destination_addr()),
                40 + u64::from(header.payload_length()),
                ip.payload(),
            )
        }
        LaxNetSlice::Arp(_) => return None,
    };
    let bytes = payload.payload;
    match payload.ip_number.0 {
        17 => {
            let header = UdpHeaderSlice::from_slice(bytes).ok()?;
            let length = usize::from(header.length()).saturating_sub(8);
            let data = bytes.get(8..)?;
            Some(Packet {
                micros,
                proto: Proto::Udp,
                source: (source, header.source_port()),
                target: (target, header.destination_port()),
                ip_bytes,
                bytes: length as u64,
                payload: data.get(..length).unwrap_or(data).to_vec(),
                flags: Flags::default(),
            })
        }
        6 => {
            let header = TcpHeaderSlice::from_slice(bytes).ok()?;
            let data = bytes.get(header.slice().len()..)?;
            Some(Packet {
                micros,
                proto: Proto::Tcp,
                source: (source, header.source_port()),
                target: (target, header.destination_port()),
                ip_bytes,
                bytes: data.len() as u64,
                payload: data.to_vec(),
                flags: Flags {
                    syn: header.syn(),
                    ack: header.ack(),
                    fin: header.fin(),
                    rst: header.rst(),
                },
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_capture_is_said_so() {
        for file in [&b""[..], b"not a capture at all, but a sentence"] {
            let error = packets(file).unwrap_err();
            assert!(error.contains("no pcap"), "{error}");
        }
    }

    #[test]
    fn a_raw_ip_capture_gives_its_datagram() {
        let mut packet = Vec::new();
        etherparse::PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
            .udp(5_000, 53)
            .write(&mut packet, b"hello")
            .unwrap();
        let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        file.extend(65_535_u32.to_le_bytes());
        file.extend(101_u32.to_le_bytes());
        for word in [7, 250_000, packet.len() as u32, packet.len() as u32] {
            file.extend(word.to_le_bytes());
        }
        file.extend(&packet);
        let found = packets(&file).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].micros, 7_250_000);
        assert_eq!(found[0].payload, b"hello");
        assert_eq!((found[0].bytes, found[0].ip_bytes), (5, 33));
        assert_eq!(found[0].target.1, 53);
        // Cut short in a packet, it gives what was whole.
        assert_eq!(packets(&file[..file.len() - 3]).unwrap(), []);
    }
}
