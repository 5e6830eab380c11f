//! A module, taken apart as far as cutting it needs.
//!
//! In: wasm. Out: its functions, and the sections that stay as they are, as bytes. Must not know: which functions
//! move.

use std::collections::BTreeMap;
use wasmparser::{
    ConstExpr, ElementItems, ElementKind, Export, FunctionBody, GlobalType, KnownCustom, Name,
    Operator, Parser, Payload, RefType, TableType, TypeRef,
};

/// An imported function.
pub(crate) struct Import<'a> {
    pub(crate) name: &'a str,
}

/// A run of functions in a table.
pub(crate) struct Run {
    pub(crate) table: u32,
    pub(crate) start: u32,
    pub(crate) functions: Vec<u32>,
}

/// What a module has.
#[derive(Default)]
pub(crate) struct Parsed<'a> {
    pub(crate) types: &'a [u8],
    /// How many parameters each type has.
    pub(crate) parameters: Vec<u32>,
    pub(crate) imports: &'a [u8],
    pub(crate) imported_functions: Vec<Import<'a>>,
    /// The type of every function, imported ones first.
    pub(crate) function_types: Vec<u32>,
    pub(crate) function_section: &'a [u8],
    pub(crate) tables: Vec<TableType>,
    pub(crate) memories: &'a [u8],
    pub(crate) globals: Vec<GlobalType>,
    /// Each with its type and how it begins, as bytes.
    pub(crate) global_entries: Vec<&'a [u8]>,
    pub(crate) exports: Vec<Export<'a>>,
    pub(crate) elements: &'a [u8],
    pub(crate) runs: Vec<Run>,
    pub(crate) data_count: Option<u32>,
    pub(crate) bodies: Vec<FunctionBody<'a>>,
    pub(crate) data: &'a [u8],
    pub(crate) names: BTreeMap<u32, &'a str>,
}

impl<'a> Parsed<'a> {
    pub(crate) fn of(wasm: &'a [u8]) -> Result<Self, String> {
        Self::read(wasm).map_err(|error| format!("this module cannot be cut: {error}"))
    }

    /// How many functions it has, imported ones included.
    pub(crate) fn functions(&self) -> u32 {
        self.function_types.len() as u32
    }

    /// How many functions are imported.
    pub(crate) fn imports(&self) -> u32 {
        self.imported_functions.len() as u32
    }

    fn read(wasm: &'a [u8]) -> Result<Self, Box<dyn std::error::Error>> {
        let mut all = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(section) => {
                    all.types = span(wasm, section.range());
                    for group in section {
                        for kind in group?.types() {
                            all.parameters
                                .push(kind.unwrap_func().params().len() as u32);
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    all.imports = span(wasm, section.range());
                    for import in section.into_imports() {
                        let import = import?;
                        match import.ty {
                            TypeRef::Func(kind) => {
                                all.function_types.push(kind);
                                all.imported_functions.push(Import { name: import.name });
                            }
                            _ => return Err("it imports what is no function".into()),
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    all.function_section = span(wasm, section.range());
                    for kind in section {
                        all.function_types.push(kind?);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        all.tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(section) => all.memories = span(wasm, section.range()),
                Payload::GlobalSection(section) => {
                    let mut starts = Vec::new();
                    for global in section.clone().into_iter_with_offsets() {
                        let (offset, global) = global?;
                        starts.push(offset);
                        all.globals.push(global.ty);
                    }
                    starts.push(section.range().end);
                    all.global_entries = starts
                        .windows(2)
                        .map(|pair| span(wasm, pair[0]..pair[1]))
                        .collect();
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        all.exports.push(export?);
                    }
                }
                Payload::StartSection { .. } => return Err("it starts by itself".into()),
                Payload::ElementSection(section) => {
                    all.elements = span(wasm, section.range());
                    for element in section {
                        let element = element?;
                        let ElementItems::Functions(functions) = element.items else {
                            return Err("its table holds what is no function".into());
                        };
                        let ElementKind::Active {
                            table_index,
                            offset_expr,
                        } = element.kind
                        else {
                            continue;
                        };
                        all.runs.push(Run {
                            table: table_index.unwrap_or(0),
                            start: constant(&offset_expr)?,
                            functions: functions.into_iter().collect::<Result<_, _>>()?,
                        });
                    }
                }
                Payload::DataCountSection { count, .. } => all.data_count = Some(count),
                Payload::CodeSectionEntry(body) => all.bodies.push(body),
                Payload::DataSection(section) => all.data = span(wasm, section.range()),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for name in names {
                            if let Name::Function(map) = name? {
                                for naming in map {
                                    let naming = naming?;
                                    all.names.insert(naming.index, naming.name);
                                }
                            }
                        }
                    }
                }
                Payload::Version { .. } | Payload::CodeSectionStart { .. } | Payload::End(_) => {}
                other => {
                    return Err(format!("it has a section that is not known: {other:?}").into());
                }
            }
        }
        Ok(all)
    }

    /// The functions that have a name: number, name, length in bytes.
    pub(crate) fn named(&self) -> impl Iterator<Item = (u32, &'a str, usize)> + Clone {
        let imports = self.imports();
        self.names.iter().filter_map(move |(&function, &name)| {
            let body = self.bodies.get(function.checked_sub(imports)? as usize)?;
            Some((function, name, body.as_bytes().len()))
        })
    }

    /// The table of functions.
    pub(crate) fn table(&self) -> Option<u32> {
        let of_functions = |table: &TableType| table.element_type == RefType::FUNCREF;
        self.tables
            .iter()
            .position(of_functions)
            .map(|at| at as u32)
    }
}

fn span(wasm: &[u8], range: std::ops::Range<u64>) -> &[u8] {
    &wasm[range.start as usize..range.end as usize]
}

fn constant(expression: &ConstExpr<'_>) -> Result<u32, Box<dyn std::error::Error>> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value.cast_unsigned()),
        _ => Err("a place in its table is not a number".into()),
    }
}
