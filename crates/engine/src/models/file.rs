//! The model file: plain arrays behind a header, little-endian.
//!
//! In: bytes. Out: a [`Model`] that cannot send a walk astray, or a sentence. Must not know: how a
//! model was fitted.
//!
//! | part | as |
//! |---|---|
//! | `WKFM` | 4 bytes |
//! | version, 2 | u16 |
//! | feature list | u16 length, UTF-8 |
//! | columns: count, then names | u16, each u16 length, UTF-8 |
//! | usual values | f64 a column |
//! | calibration: slope, offset | f64 × 2 |
//! | cuts: info, low, medium, high, critical | f64 × 5 |
//! | hash of the training data | u64 |
//! | estimator: 1 logistic, 2 forest, 3 boosting | u8 |
//! | logistic: scale (0 linear, 1 log), means, sds, weights, bias | u8 a column, f64 × 3 a column, f64 |
//! | forest: trees, and the nodes of each | u32, u32 a tree |
//! | the column of each node, 255 at a leaf | u8 a node |
//! | of each column its thresholds, and last the values of leaves: count, then each once and rising | u32, f64 each |
//! | where each node's threshold or value stands among those: the lowest bytes of all nodes, then the next, … | 4 × u8 a node |
//! | boosting: base, then as a forest | f64, … |
//!
//! A tree's nodes stand breadth first, so where children lie need not be said. Numbers that nodes share are said
//! once, and like stands beside like, because the page carries the file packed: 15 kB of the forest of flows, where
//! a line a node took 32.

use super::{Boosting, Calibration, Estimator, Forest, Inputs, Logistic, Model, Node};
use crate::features::{FeatureList, Scale};
use std::fmt;

const MAGIC: &[u8; 4] = b"WKFM";
/// The version of the file's form.
pub const VERSION: u16 = 2;
/// The column of a leaf, in the file.
const LEAF: u8 = u8::MAX;

/// Why a file gives no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelError {
    /// Not a model file at all.
    NotAModel,
    /// Of another version.
    Version(u16),
    /// Trained on another list of features.
    OtherList {
        /// What the file names.
        file: String,
        /// What is asked of it.
        expected: String,
    },
    /// Reads a feature that the list does not have.
    UnknownFeature(String),
    /// Cut off, or numbers that no trained model has.
    Damaged(&'static str),
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAModel => write!(f, "This is not a Wakeful model file."),
            Self::Version(version) => {
                write!(
                    f,
                    "This model file has version {version}; this Wakeful reads version {VERSION}. Train the model anew (cargo xtask train)."
                )
            }
            Self::OtherList { file, expected } => {
                write!(
                    f,
                    "This model was trained on the features {file}, and here are {expected}. Train the model anew (cargo xtask train)."
                )
            }
            Self::UnknownFeature(name) => {
                write!(
                    f,
                    "This model reads the feature {name}, which its list does not have. Train the model anew (cargo xtask train)."
                )
            }
            Self::Damaged(what) => write!(f, "This model file is damaged: {what}."),
        }
    }
}

impl std::error::Error for ModelError {}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(ModelError::Damaged("it ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        self.take(N)?
            .try_into()
            .map_err(|_| ModelError::Damaged("it ends too early"))
    }

    fn u16(&mut self) -> Result<u16, ModelError> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        self.array().map(u32::from_le_bytes)
    }

    fn f64(&mut self) -> Result<f64, ModelError> {
        let number = self.array().map(f64::from_le_bytes)?;
        if number.is_finite() {
            Ok(number)
        } else {
            Err(ModelError::Damaged("it has a number that is not finite"))
        }
    }

    fn f64s(&mut self, count: usize) -> Result<Vec<f64>, ModelError> {
        (0..count).map(|_| self.f64()).collect()
    }

    fn text(&mut self) -> Result<String, ModelError> {
        let length = self.u16()?;
        let bytes = self.take(usize::from(length))?;
        String::from_utf8(bytes.to_vec())
            .map_err(|_| ModelError::Damaged("a name in it is not UTF-8"))
    }
}

pub(super) fn parse(bytes: &[u8], list: &FeatureList) -> Result<Model, ModelError> {
    let mut bytes = Bytes(bytes.strip_prefix(MAGIC).ok_or(ModelError::NotAModel)?);
    let version = bytes.u16()?;
    if version != VERSION {
        return Err(ModelError::Version(version));
    }
    let file = bytes.text()?;
    if file != list.name {
        return Err(ModelError::OtherList {
            file,
            expected: list.name.to_owned(),
        });
    }
    let count = usize::from(bytes.u16()?);
    let names = (0..count)
        .map(|_| bytes.text())
        .collect::<Result<Vec<_>, _>>()?;
    let columns = names
        .iter()
        .map(|name| {
            let position = list
                .features
                .iter()
                .position(|feature| feature.name == name);
            position.ok_or_else(|| ModelError::UnknownFeature(name.clone()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let usual = bytes.f64s(count)?;
    let calibration = Calibration {
        slope: bytes.f64()?,
        offset: bytes.f64()?,
    };
    let cuts = [
        bytes.f64()?,
        bytes.f64()?,
        bytes.f64()?,
        bytes.f64()?,
        bytes.f64()?,
    ];
    let data_hash = bytes.array().map(u64::from_le_bytes)?;
    let estimator = match bytes.array::<1>()? {
        [1] => Estimator::Logistic(logistic(&mut bytes, count)?),
        [2] => Estimator::Forest(forest(&mut bytes, count)?),
        [3] => Estimator::Boosting(Boosting {
            base: bytes.f64()?,
            trees: forest(&mut bytes, count)?,
        }),
        _ => return Err(ModelError::Damaged("its estimator is unknown")),
    };
    if !bytes.0.is_empty() {
        return Err(ModelError::Damaged("it has bytes behind its end"));
    }
    Ok(Model {
        inputs: Inputs {
            list: file,
            names,
            columns,
        },
        usual,
        calibration,
        cuts,
        data_hash,
        estimator,
    })
}

fn logistic(bytes: &mut Bytes<'_>, count: usize) -> Result<Logistic, ModelError> {
    let scales = bytes
        .take(count)?
        .iter()
        .map(|scale| match scale {
            0 => Ok(Scale::Linear),
            1 => Ok(Scale::Log),
            _ => Err(ModelError::Damaged("it has an unknown scale")),
        })
        .collect::<Result<_, _>>()?;
    let logistic = Logistic {
        scales,
        means: bytes.f64s(count)?,
        sds: bytes.f64s(count)?,
        weights: bytes.f64s(count)?,
        bias: bytes.f64()?,
        moved: Vec::new(),
    };
    if logistic.sds.iter().any(|&sd| sd <= 0.0) {
        return Err(ModelError::Damaged(
            "a standard deviation in it is not positive",
        ));
    }
    Ok(logistic)
}

fn forest(bytes: &mut Bytes<'_>, columns: usize) -> Result<Forest, ModelError> {
    let damaged = ModelError::Damaged("its trees do not hold together");
    let trees = bytes.u32()? as usize;
    let sizes: Vec<u32> = (0..trees).map(|_| bytes.u32()).collect::<Result<_, _>>()?;
    let count = sizes
        .iter()
        .try_fold(0_u32, |sum, &size| sum.checked_add(size));
    let count = count.filter(|_| trees > 0).ok_or(damaged.clone())? as usize;
    let kinds = bytes.take(count)?;
    let tables = (0..=columns)
        .map(|_| {
            let count = bytes.u32()? as usize;
            bytes.f64s(count)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let planes = [(); 4]
        .iter()
        .map(|()| bytes.take(count))
        .collect::<Result<Vec<_>, _>>()?;
    let number = |at: usize, table: usize| {
        let place =
            u32::from_le_bytes([planes[0][at], planes[1][at], planes[2][at], planes[3][at]]);
        tables.get(table)?.get(place as usize).copied()
    };
    let mut forest = Forest {
        roots: Vec::with_capacity(trees),
        nodes: Vec::with_capacity(count),
    };
    for size in sizes {
        let root = forest.nodes.len() as u32;
        forest.roots.push(root);
        let mut free = root + 1;
        for at in root..root + size {
            let kind = kinds[at as usize];
            let is_leaf = kind == LEAF;
            let table = if is_leaf { columns } else { usize::from(kind) };
            let number = number(at as usize, table).filter(|_| is_leaf || table < columns);
            // Behind the last child there is no node: a walk moves on, and ends within the array.
            let (Some(number), true) = (number, at < free) else {
                return Err(damaged);
            };
            forest.nodes.push(if is_leaf {
                Node::leaf(number)
            } else {
                Node {
                    column: u16::from(kind),
                    threshold: number,
                    left: free,
                    value: 0.0,
                }
            });
            free += if is_leaf { 0 } else { 2 };
            if free > root + size {
                return Err(damaged);
            }
        }
        if free != root + size {
            return Err(damaged);
        }
    }
    Ok(forest)
}

impl Model {
    /// The model as a file. It reads at most 254 columns, which is more than any list has.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let text = |out: &mut Vec<u8>, text: &str| {
            out.extend((text.len() as u16).to_le_bytes());
            out.extend(text.as_bytes());
        };
        let floats = |out: &mut Vec<u8>, numbers: &[f64]| {
            out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        };
        out.extend(VERSION.to_le_bytes());
        text(&mut out, &self.inputs.list);
        out.extend((self.inputs.names.len() as u16).to_le_bytes());
        self.inputs
            .names
            .iter()
            .for_each(|name| text(&mut out, name));
        floats(&mut out, &self.usual);
        floats(&mut out, &[self.calibration.slope, self.calibration.offset]);
        floats(&mut out, &self.cuts);
        out.extend(self.data_hash.to_le_bytes());
        match &self.estimator {
            Estimator::Logistic(logistic) => {
                out.push(1);
                out.extend(
                    logistic
                        .scales
                        .iter()
                        .map(|scale| u8::from(*scale == Scale::Log)),
                );
                floats(&mut out, &logistic.means);
                floats(&mut out, &logistic.sds);
                floats(&mut out, &logistic.weights);
                floats(&mut out, &[logistic.bias]);
            }
            Estimator::Forest(forest) => {
                out.push(2);
                write_trees(&mut out, forest, self.inputs.names.len());
            }
            Estimator::Boosting(boosting) => {
                out.push(3);
                floats(&mut out, &[boosting.base]);
                write_trees(&mut out, &boosting.trees, self.inputs.names.len());
            }
        }
        out
    }
}

/// Each tree breadth first, whatever order its nodes have.
fn write_trees(out: &mut Vec<u8>, forest: &Forest, columns: usize) {
    let number = |out: &mut Vec<u8>, number: usize| out.extend((number as u32).to_le_bytes());
    let trees: Vec<Vec<&Node>> = forest.roots.iter().map(|&root| forest.tree(root)).collect();
    number(out, trees.len());
    trees.iter().for_each(|tree| number(out, tree.len()));
    let nodes: Vec<&Node> = trees.into_iter().flatten().collect();
    out.extend(nodes.iter().map(|node| match node.is_leaf() {
        true => LEAF,
        false => node.column as u8,
    }));
    let told = |node: &Node| match node.is_leaf() {
        true => (columns, node.value),
        false => (usize::from(node.column), node.threshold),
    };
    let mut tables = vec![Vec::new(); columns + 1];
    for node in &nodes {
        let (table, number) = told(node);
        tables[table].push(number);
    }
    for table in &mut tables {
        crate::order::by(table, f64::total_cmp);
        table.dedup_by_key(|number| number.to_bits());
        number(out, table.len());
        out.extend(table.iter().flat_map(|number| number.to_le_bytes()));
    }
    let places: Vec<[u8; 4]> = nodes
        .iter()
        .map(|node| {
            let (table, number) = told(node);
            let place = tables[table].partition_point(|other| other.total_cmp(&number).is_lt());
            (place as u32).to_le_bytes()
        })
        .collect();
    for plane in 0..4 {
        out.extend(places.iter().map(|place| place[plane]));
    }
}
