//! The two modules, put together.
//!
//! In: a module taken apart, which functions move. Out: both halves. Must not know: why they move.

use crate::parsed::Parsed;
use crate::{Halves, MODULE};
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataCountSection, ElementSection, Elements, Encode,
    EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalType, ImportSection,
    Instruction, MemoryType, Module, RawSection, RefType, SectionId, StartSection, TableSection,
    TableType, ValType,
};
use wasmparser::{ExternalKind, Operator};

/// Who is called, and whose address is taken.
struct Calls {
    /// Functions that moved and that a function that stayed names, or an export, or the table.
    wanted: BTreeSet<u32>,
    /// Functions that stayed and that one that moved names.
    needed: BTreeSet<u32>,
}

pub(crate) fn halves(module: &Parsed<'_>, moved: &[bool], hook: u32) -> Result<Halves, String> {
    let table = module
        .table()
        .ok_or("the module has no table of functions")?;
    let moves = |function: u32| moved[function as usize];
    let mut slots = BTreeMap::new();
    for run in module.runs.iter().filter(|run| run.table == table) {
        for (slot, &function) in (run.start..).zip(&run.functions) {
            if moves(function) {
                // One function may stand in several places: any leads to it, and all are filled below.
                slots.entry(function).or_insert(slot);
            }
        }
    }
    let calls = calls(module, moved)?;
    let end = module.tables[table as usize].initial as u32;
    let mut added = Vec::new();
    for &function in &calls.wanted {
        slots.entry(function).or_insert_with(|| {
            added.push(function);
            end + added.len() as u32 - 1
        });
    }
    Ok(Halves {
        first: first(
            module,
            moved,
            hook,
            table,
            &slots,
            added.len() as u64,
            &calls,
        )?,
        rest: rest(module, moved, table, end, &added, &calls)?,
        moved: moved.iter().filter(|&&moves| moves).count(),
    })
}

/// Calls back with each function that a body names, and with where in it its number stands.
fn named(
    body: &wasmparser::FunctionBody<'_>,
    mut each: impl FnMut(u32, std::ops::Range<usize>),
) -> Result<(), String> {
    let wrong = |error: wasmparser::BinaryReaderError| error.to_string();
    let base = body.range().start;
    let at = |place: u64| (place - base) as usize;
    let mut reader = body.get_operators_reader().map_err(wrong)?;
    while !reader.eof() {
        let (operator, start) = reader.read_with_offset().map_err(wrong)?;
        match operator {
            Operator::Call { function_index } | Operator::RefFunc { function_index } => {
                // Behind the byte that says what it is.
                each(
                    function_index,
                    at(start) + 1..at(reader.original_position()),
                );
            }
            Operator::ReturnCall { .. } => return Err("it has calls in place of a return".into()),
            _ => {}
        }
    }
    Ok(())
}

fn calls(module: &Parsed<'_>, moved: &[bool]) -> Result<Calls, String> {
    let (mut wanted, mut needed) = (BTreeSet::new(), BTreeSet::new());
    for (function, body) in (module.imports()..).zip(&module.bodies) {
        let moves = moved[function as usize];
        named(body, |called, _| match (moves, moved[called as usize]) {
            (false, true) => drop(wanted.insert(called)),
            (true, false) => drop(needed.insert(called)),
            _ => {}
        })?;
    }
    let exported = module
        .exports
        .iter()
        .filter(|export| export.kind == ExternalKind::Func);
    let held = module
        .runs
        .iter()
        .flat_map(|run| run.functions.iter().copied());
    wanted.extend(
        exported
            .map(|export| export.index)
            .chain(held)
            .filter(|&function| moved[function as usize]),
    );
    Ok(Calls { wanted, needed })
}

/// A name that no export of the compiler has.
fn name(kind: char, number: u32) -> String {
    format!("-{kind}{number:x}")
}

fn raw(out: &mut Module, id: SectionId, data: &[u8]) {
    if !data.is_empty() {
        out.section(&RawSection { id: id as u8, data });
    }
}

fn first(
    module: &Parsed<'_>,
    moved: &[bool],
    hook: u32,
    table: u32,
    slots: &BTreeMap<u32, u32>,
    added: u64,
    calls: &Calls,
) -> Result<Vec<u8>, String> {
    let mut out = Module::new();
    raw(&mut out, SectionId::Type, module.types);
    raw(&mut out, SectionId::Import, module.imports);
    raw(&mut out, SectionId::Function, module.function_section);
    let mut tables = TableSection::new();
    for (at, kind) in (0..).zip(&module.tables) {
        let more = if at == table { added } else { 0 };
        tables.table(table_type(kind, more)?);
    }
    out.section(&tables);
    raw(&mut out, SectionId::Memory, module.memories);

    let here = module.globals.len() as u32;
    let mut globals = Vec::new();
    (here + 1).encode(&mut globals);
    globals.extend(module.global_entries.concat());
    flag().encode(&mut globals);
    ConstExpr::i32_const(0).encode(&mut globals);
    raw(&mut out, SectionId::Global, &globals);

    let mut exports = ExportSection::new();
    for export in &module.exports {
        let kind = match export.kind {
            ExternalKind::Func => ExportKind::Func,
            ExternalKind::Table => ExportKind::Table,
            ExternalKind::Memory => ExportKind::Memory,
            ExternalKind::Global => ExportKind::Global,
            other => {
                return Err(format!(
                    "an export is of a kind that is not known: {other:?}"
                ));
            }
        };
        exports.export(export.name, kind, export.index);
    }
    exports.export(&name('m', 0), ExportKind::Memory, 0);
    for at in 0..module.tables.len() as u32 {
        exports.export(&name('t', at), ExportKind::Table, at);
    }
    for at in 0..=here {
        exports.export(&name('g', at), ExportKind::Global, at);
    }
    for &function in &calls.needed {
        exports.export(&name('f', function), ExportKind::Func, function);
    }
    out.section(&exports);
    raw(&mut out, SectionId::Element, module.elements);
    if let Some(count) = module.data_count {
        out.section(&DataCountSection { count });
    }
    let mut code = CodeSection::new();
    for (function, body) in (module.imports()..).zip(&module.bodies) {
        if !moved[function as usize] {
            code.raw(body.as_bytes());
            continue;
        }
        let mut stub = Function::new([]);
        match slots.get(&function) {
            None => {
                stub.instruction(&Instruction::Unreachable);
            }
            Some(&slot) => {
                let kind = module.function_types[function as usize];
                stub.instruction(&Instruction::GlobalGet(here))
                    .instruction(&Instruction::I32Eqz)
                    .instruction(&Instruction::If(BlockType::Empty))
                    .instruction(&Instruction::Call(hook))
                    .instruction(&Instruction::End);
                for parameter in 0..module.parameters[kind as usize] {
                    stub.instruction(&Instruction::LocalGet(parameter));
                }
                stub.instruction(&Instruction::I32Const(slot.cast_signed()))
                    .instruction(&Instruction::CallIndirect {
                        type_index: kind,
                        table_index: table,
                    });
            }
        }
        stub.instruction(&Instruction::End);
        code.function(&stub);
    }
    out.section(&code);
    raw(&mut out, SectionId::Data, module.data);
    Ok(out.finish())
}

fn rest(
    module: &Parsed<'_>,
    moved: &[bool],
    table: u32,
    end: u32,
    added: &[u32],
    calls: &Calls,
) -> Result<Vec<u8>, String> {
    let mut out = Module::new();
    // One type more, of the function that says that the rest is here.
    let plain = module.parameters.len() as u32;
    let mut types = Vec::new();
    (plain + 1).encode(&mut types);
    types.extend(behind_count(module.types)?);
    types.extend([0x60, 0, 0]);
    raw(&mut out, SectionId::Type, &types);

    let mut imports = ImportSection::new();
    let mut numbers = vec![u32::MAX; moved.len()];
    for (number, &function) in (0..).zip(&calls.needed) {
        numbers[function as usize] = number;
        let kind = module.function_types[function as usize];
        imports.import(MODULE, &name('f', function), EntityType::Function(kind));
    }
    let memory = MemoryType {
        minimum: 0,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import(MODULE, &name('m', 0), memory);
    for (at, kind) in (0..).zip(&module.tables) {
        let more = if at == table { added.len() as u64 } else { 0 };
        imports.import(MODULE, &name('t', at), table_type(kind, more)?);
    }
    let here = module.globals.len() as u32;
    for (at, kind) in (0..).zip(&module.globals) {
        let kind = GlobalType {
            val_type: value_type(kind.content_type)?,
            mutable: kind.mutable,
            shared: false,
        };
        imports.import(MODULE, &name('g', at), kind);
    }
    imports.import(MODULE, &name('g', here), flag());
    out.section(&imports);

    let ours: Vec<u32> = (0..moved.len() as u32)
        .filter(|&at| moved[at as usize])
        .collect();
    let mut functions = FunctionSection::new();
    for (number, &function) in (calls.needed.len() as u32..).zip(&ours) {
        numbers[function as usize] = number;
        functions.function(module.function_types[function as usize]);
    }
    let start = (calls.needed.len() + ours.len()) as u32;
    functions.function(plain);
    out.section(&functions);
    out.section(&StartSection {
        function_index: start,
    });

    let mut elements = ElementSection::new();
    let mut put = |slot: u32, functions: &[u32]| {
        let functions: Vec<u32> = functions.iter().map(|&at| numbers[at as usize]).collect();
        elements.active(
            Some(table),
            &ConstExpr::i32_const(slot.cast_signed()),
            Elements::Functions(functions.into()),
        );
    };
    for run in module.runs.iter().filter(|run| run.table == table) {
        let mut at = 0;
        for part in run
            .functions
            .chunk_by(|&a, &b| moved[a as usize] == moved[b as usize])
        {
            if moved[part[0] as usize] {
                put(run.start + at, part);
            }
            at += part.len() as u32;
        }
    }
    if !added.is_empty() {
        put(end, added);
    }
    out.section(&elements);

    let mut code = CodeSection::new();
    for &function in &ours {
        let body = &module.bodies[(function - module.imports()) as usize];
        let bytes = body.as_bytes();
        let mut moved_body = Vec::with_capacity(bytes.len() + 16);
        let mut done = 0;
        named(body, |called, place| {
            moved_body.extend_from_slice(&bytes[done..place.start]);
            numbers[called as usize].encode(&mut moved_body);
            done = place.end;
        })?;
        moved_body.extend_from_slice(&bytes[done..]);
        code.raw(&moved_body);
    }
    let mut says = Function::new([]);
    says.instruction(&Instruction::I32Const(1))
        .instruction(&Instruction::GlobalSet(here))
        .instruction(&Instruction::End);
    code.function(&says);
    out.section(&code);
    Ok(out.finish())
}

/// Whether the rest is here.
fn flag() -> GlobalType {
    GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    }
}

/// A section's entries, without their number in front.
fn behind_count(section: &[u8]) -> Result<&[u8], String> {
    let length = section.iter().position(|&byte| byte < 0x80);
    length
        .and_then(|last| section.get(last + 1..))
        .ok_or_else(|| "a section ends within its first number".into())
}

fn table_type(kind: &wasmparser::TableType, more: u64) -> Result<TableType, String> {
    let element_type = match kind.element_type {
        wasmparser::RefType::FUNCREF => RefType::FUNCREF,
        wasmparser::RefType::EXTERNREF => RefType::EXTERNREF,
        other => return Err(format!("a table holds what is not known: {other}")),
    };
    Ok(TableType {
        element_type,
        table64: false,
        minimum: kind.initial + more,
        maximum: kind.maximum.map(|most| most + more),
        shared: false,
    })
}

fn value_type(kind: wasmparser::ValType) -> Result<ValType, String> {
    Ok(match kind {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        other => return Err(format!("a global is of a type that is not known: {other}")),
    })
}
