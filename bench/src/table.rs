//! Markdown.

use std::fmt::Write as _;

use bench_load::{Metric, Workload};

use crate::contestant::{CONTESTANTS, Language};
use crate::results::{Key, Results};
use crate::{codec, credit, generator, many};

/// The whole report.
pub fn markdown(results: &Results) -> String {
    let machine = &results.machine;
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!(
        "Measured on {}: {} virtual cores ({}), {}, {}, Node {}, {}; load {} at the start.",
        machine.date,
        machine.processors,
        machine.processor,
        machine.kernel,
        machine.rustc,
        machine.node,
        machine.python,
        machine.load
    ));
    line("Medians of interleaved rounds; ± is half of what lies between the least and the greatest.".to_owned());
    for language in Language::ALL {
        for (mode, where_to) in [("one core", "both processes on one core"), ("free", "scheduler free")] {
            if let Some(table) = pairs(results, language, mode) {
                line(format!("\n### {}, {where_to}\n\n{table}", language.title()));
            }
        }
    }
    for (mode, title) in [
        (codec::MODE, "Codec, nanoseconds"),
        (codec::NODE, "Codec in Node, nanoseconds"),
        (credit::MODE, "Small calls, alone and beside streams that nobody reads"),
        (generator::MODE, "Generator: records of eight fields and a tenth as many methods"),
        (many::MODE, "A schema of 1,000 files, of which one changes, milliseconds"),
        (generator::COMPILE, "A user's crate of 100 records and 20 methods, not incremental, dependencies built"),
    ] {
        if let Some(table) = section(results, mode) {
            line(format!("\n### {title}\n\n{table}"));
        }
    }
    if !results.bars.is_empty() {
        line(format!("\n### Bars\n\n{}", bars(results)));
    }
    for note in &results.notes {
        line(format!("- {note}"));
    }
    out
}

fn pairs(results: &Results, language: Language, mode: &str) -> Option<String> {
    let columns: Vec<(Workload, Metric)> = Workload::ALL
        .into_iter()
        .flat_map(|workload| workload.metrics().iter().map(move |metric| (workload, *metric)))
        .filter(|(workload, metric)| {
            CONTESTANTS
                .iter()
                .any(|one| one.language == language && results.row(&Key::new(mode, one.id, workload, metric)).is_some())
        })
        .collect();
    if columns.is_empty() {
        return None;
    }
    let mut out = String::from("|");
    for (workload, metric) in &columns {
        let _ = write!(out, " | {}", heading(*workload, *metric));
    }
    let _ = write!(out, " |\n|---|{}\n", "---|".repeat(columns.len()));
    for one in CONTESTANTS.iter().filter(|one| one.language == language) {
        let cells: Vec<_> = columns
            .iter()
            .map(|(workload, metric)| cell(results, &Key::new(mode, one.id, workload, metric), *metric))
            .collect();
        if cells.iter().any(|cell| cell != MISSING) {
            let _ = writeln!(out, "| {} | {} |", one.name, cells.join(" | "));
        }
    }
    Some(out)
}

/// A section that knows no modes: its contestants below each other, its cases side by side.
fn section(results: &Results, mode: &str) -> Option<String> {
    let rows: Vec<_> = results.rows.iter().filter(|row| row.key.mode == mode).collect();
    let mut contestants = Vec::new();
    let mut columns = Vec::new();
    for row in &rows {
        let column = (&row.key.case, &row.key.metric);
        if !contestants.contains(&&row.key.contestant) {
            contestants.push(&row.key.contestant);
        }
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let mut out = String::from("|");
    for (case, metric) in &columns {
        let _ = write!(out, " | {case}, {}", if *metric == generator::MEGABYTES { "MB" } else { metric });
    }
    let _ = write!(out, " |\n|---|{}\n", "---|".repeat(columns.len()));
    for contestant in contestants {
        let _ = write!(out, "| {contestant}");
        for (case, metric) in &columns {
            let key = Key::new(mode, contestant, case, metric);
            match results.row(&key) {
                Some(row) => {
                    let digits = if row.median < 10.0 { 2 } else { 0 };
                    let _ = write!(out, " | {:.digits$} ±{:.0}%", row.median, row.spread() * 100.0);
                }
                None => {
                    let _ = write!(out, " | {MISSING}");
                }
            }
        }
        out.push_str(" |\n");
    }
    (!rows.is_empty()).then_some(out)
}

const MISSING: &str = "–";

fn heading(workload: Workload, metric: Metric) -> String {
    match (workload, metric) {
        (Workload::Small, Metric::P50) => "p50 µs".to_owned(),
        (Workload::Small, _) => "p99 µs".to_owned(),
        (Workload::Kilo(in_flight), _) => format!("1 KB, {in_flight} in flight"),
        (Workload::Large, _) => "10 MB, MB/s".to_owned(),
        (Workload::LargeRaw, _) => "10 MB raw, MB/s".to_owned(),
        (Workload::Stream, _) => "items/s".to_owned(),
        (Workload::Cpu, _) => "CPU s a million".to_owned(),
        (Workload::Idle, _) => "idle MB".to_owned(),
        (Workload::Peak, _) => "peak MB".to_owned(),
    }
}

fn cell(results: &Results, key: &Key, metric: Metric) -> String {
    let Some(row) = results.row(key) else {
        return MISSING.to_owned();
    };
    let median = row.median;
    let number = match metric {
        Metric::CallsPerSecond | Metric::ItemsPerSecond if median >= 1e6 => {
            format!("{:.2} M", median / 1e6)
        }
        Metric::CallsPerSecond | Metric::ItemsPerSecond => format!("{:.0}k", median / 1e3),
        Metric::MegabytesPerSecond => format!("{median:.0}"),
        Metric::CpuPerMillion | Metric::Megabytes => format!("{median:.2}"),
        Metric::P50 | Metric::P99 => format!("{median:.1}"),
    };
    format!("{number} ±{:.0}%", row.spread() * 100.0)
}

fn bars(results: &Results) -> String {
    let mut out = String::from("| mode | bar | seen | |\n|---|---|---|---|\n");
    for bar in &results.bars {
        let met = if bar.met { "met" } else { "**missed**" };
        let _ = writeln!(out, "| {} | {} | {} | {met} |", bar.mode, bar.text, bar.seen);
    }
    out
}
