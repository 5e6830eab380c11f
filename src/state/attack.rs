//! Names of the MITRE ATT&CK techniques that findings refer to.
//!
//! In: an id. Out: its name in the matrix.
//! Must not know: which finding refers to it.

/// The technique's name; `None` for an id that is not listed here.
#[must_use]
pub fn name(id: &str) -> Option<&'static str> {
    Some(match id {
        "T1001" => "Data Obfuscation",
        "T1008" => "Fallback Channels",
        "T1020" => "Automated Exfiltration",
        "T1029" => "Scheduled Transfer",
        "T1030" => "Data Transfer Size Limits",
        "T1041" => "Exfiltration Over C2 Channel",
        "T1048" => "Exfiltration Over Alternative Protocol",
        "T1048.001" => "Exfiltration Over Symmetric Encrypted Non-C2 Protocol",
        "T1048.002" => "Exfiltration Over Asymmetric Encrypted Non-C2 Protocol",
        "T1048.003" => "Exfiltration Over Unencrypted Non-C2 Protocol",
        "T1071" => "Application Layer Protocol",
        "T1071.001" => "Application Layer Protocol: Web Protocols",
        "T1071.004" => "Application Layer Protocol: DNS",
        "T1090" => "Proxy",
        "T1095" => "Non-Application Layer Protocol",
        "T1105" => "Ingress Tool Transfer",
        "T1132" => "Data Encoding",
        "T1132.001" => "Data Encoding: Standard Encoding",
        "T1219" => "Remote Access Tools",
        "T1568" => "Dynamic Resolution",
        "T1568.002" => "Dynamic Resolution: Domain Generation Algorithms",
        "T1571" => "Non-Standard Port",
        "T1572" => "Protocol Tunneling",
        "T1573" => "Encrypted Channel",
        _ => return None,
    })
}
