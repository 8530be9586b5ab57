//! The library without a terminal: what is read, found, shown and extracted; screens as snapshots, properties of all of
//! it, and what is written about it.

#[path = "../support/mod.rs"]
pub mod support;
#[path = "../targets/mod.rs"]
pub mod targets;

mod app;
mod archive_changes;
mod archives;
mod around;
mod attachments;
mod audit_members;
mod audit_screen;
mod chatgpt_2026;
mod claude;
mod copy_save;
mod corpora;
mod demo_archive;
mod docs;
mod extract_dialog;
mod extract_growth;
mod fidelity;
mod growth;
mod hits;
mod hostile;
mod html_page;
mod import_growth;
mod keystrokes;
mod limits;
mod malformed;
mod nothing_lost;
mod one_reading;
mod passing_through;
mod properties;
mod providers;
mod reading;
mod screens;
mod search;
mod search_growth;
mod search_index;
mod search_quality;
mod secrets_growth;
mod secrets_rate;
mod sizes;
mod streamed_search;
mod supply_chain;
mod threads;
mod whole_archives;
mod whole_exports;
