//! From a conversation's source to the object that an export holds.

use anyhow::{Context, Result, bail, ensure};
use jiff::{civil::DateTime, tz::TimeZone};

use super::{
    json::{Object, array, finish, string},
    seed::Seed,
    source::{Conversation, Message},
};

/// A conversation as the export writes it.
pub struct Exported {
    /// When it was last added to: seconds since 1970.
    pub updated: f64,
    /// The object.
    pub json: String,
}

/// A conversation's states in the archive.
pub struct States {
    /// As it stands.
    pub latest: Exported,
    /// As an older export had it.
    pub earlier: Option<Exported>,
}

/// A node under construction.
struct Node {
    id: String,
    label: Option<String>,
    parent: Option<usize>,
    children: Vec<usize>,
    /// JSON, perhaps `null`.
    message: String,
    /// Keys to set besides.
    fields: Option<String>,
    time: f64,
}

/// Writes the conversation of `conversations/{stem}.toml`.
pub fn conversation(stem: &str, source: &Conversation) -> Result<States> {
    let mut seed = Seed::of(stem);
    let id = seed.uuid();
    let begun = seconds(&source.begun)? + microseconds(&mut seed);
    let mut nodes = preamble(source, &mut seed);
    let mut time = begun;
    let played =
        source.adventure.as_ref().map(|world| world.play(&mut seed)).transpose()?.unwrap_or_default();
    for message in source.message.iter().chain(&played) {
        time += message.after.unwrap_or_else(|| pause(message, &mut seed));
        add(&mut nodes, source, message, time, &mut seed).with_context(|| {
            format!("message {} ({:.60?})", nodes.len(), message.user.as_ref().or(message.assistant.as_ref()))
        })?;
    }
    let find = |label: &str| {
        nodes
            .iter()
            .position(|node| node.label.as_deref() == Some(label))
            .with_context(|| format!("no label {label}"))
    };
    let current = match &source.current {
        Some(label) => find(label)?,
        None => nodes.len() - 1,
    };
    let earlier = match &source.earlier {
        Some(label) => {
            let leaf = find(label)?;
            Some(write(source, &id, begun, &nodes[..=leaf], leaf)?)
        }
        None => None,
    };
    Ok(States { latest: write(source, &id, begun, &nodes, current)?, earlier })
}

/// The root, and the hidden system message that follows it in most exports.
fn preamble(source: &Conversation, seed: &mut Seed) -> Vec<Node> {
    let root = source.root.clone().unwrap_or_else(|| "client-created-root".to_owned());
    let node = |id, message: &str, parent| Node {
        id,
        label: None,
        parent,
        children: Vec::new(),
        message: message.to_owned(),
        fields: None,
        time: 0.0,
    };
    let mut nodes = vec![node(root, "null", None)];
    if !source.bare {
        let id = seed.uuid();
        let mut message = Object::new();
        message
            .text("id", &id)
            .raw("author", author("system", None))
            .raw("create_time", "null")
            .raw("update_time", "null")
            .raw("content", text_content(&[""]))
            .text("status", "finished_successfully")
            .raw("end_turn", "true")
            .raw("weight", "0.0")
            .raw("metadata", r#"{"is_visually_hidden_from_conversation":true}"#)
            .text("recipient", "all")
            .raw("channel", "null");
        nodes.push(node(id, &message.build(), Some(0)));
        nodes[0].children.push(1);
    }
    nodes
}

/// Adds a message's node below its parent.
fn add(
    nodes: &mut Vec<Node>,
    source: &Conversation,
    message: &Message,
    time: f64,
    seed: &mut Seed,
) -> Result<()> {
    let find = |label: &String| {
        nodes
            .iter()
            .position(|node| node.label.as_ref() == Some(label))
            .with_context(|| format!("no label {label} before this message"))
    };
    let parent = match (&message.under, &message.beside, message.detached) {
        (Some(label), None, false) => Some(find(label)?),
        (None, Some(label), false) => nodes[find(label)?].parent,
        (None, None, true) => None,
        (None, None, false) => Some(nodes.len() - 1),
        _ => bail!("only one of under, beside and detached"),
    };
    let id = seed.uuid();
    let json = if message.null { "null".to_owned() } else { message_object(&id, source, message, time)? };
    if let Some(parent) = parent {
        let child = nodes.len();
        nodes[parent].children.push(child);
    }
    nodes.push(Node {
        id,
        label: message.label.clone(),
        parent,
        children: Vec::new(),
        message: json,
        fields: message.node.clone(),
        time,
    });
    Ok(())
}

/// Who writes a message and to whom.
struct Envelope<'a> {
    role: &'a str,
    name: Option<&'a str>,
    recipient: &'a str,
}

fn envelope(message: &Message) -> Result<Envelope<'_>> {
    let (role, name, recipient) = if message.user.is_some() {
        ("user", None, "all")
    } else if message.system.is_some() {
        ("system", None, "all")
    } else if let Some(tool) = &message.call {
        ("assistant", None, &**tool)
    } else if let Some(tool) = &message.result {
        ("tool", Some(&**tool), "all")
    } else if message.canvas.is_some() {
        ("assistant", None, "canmore.create_textdoc")
    } else if !message.updates.is_empty() {
        ("assistant", None, "canmore.update_textdoc")
    } else if message.assistant.is_some() || !message.thoughts.is_empty() || message.recap.is_some() {
        ("assistant", None, "all")
    } else {
        ("", None, "all")
    };
    let role = message.role.as_deref().unwrap_or(role);
    ensure!(
        !role.is_empty(),
        "nobody says it: a message needs user, assistant, system, call, result or role"
    );
    Ok(Envelope { role, name, recipient })
}

fn message_object(id: &str, source: &Conversation, message: &Message, time: f64) -> Result<String> {
    let Envelope { role, name, recipient } = envelope(message)?;
    let mut metadata = Object::new();
    if role == "assistant" || role == "tool" {
        if let Some(model) = message.model.as_ref().or(source.model.as_ref()) {
            metadata.text("model_slug", model);
        }
        metadata.text("message_type", "next").text("timestamp_", "absolute");
    }
    if message.hidden {
        metadata.raw("is_visually_hidden_from_conversation", "true");
    }
    if message.interrupted {
        metadata.raw("finish_details", r#"{"type":"interrupted"}"#);
    } else if role == "assistant" && recipient == "all" {
        metadata.raw("finish_details", r#"{"type":"stop","stop_tokens":[200002]}"#);
    }
    if let Some(attachments) = &message.attachments {
        metadata.raw("attachments", attachments);
    }
    if let Some(seconds) = message.seconds {
        metadata.raw("finished_duration_sec", seconds.to_string());
    }
    if let Some(more) = &message.metadata {
        metadata.merge(more).context("metadata")?;
    }
    let status = if message.interrupted { "finished_partial_completion" } else { "finished_successfully" };
    let end_turn = if role == "assistant" { (recipient == "all").to_string() } else { "null".to_owned() };
    let mut object = Object::new();
    object
        .text("id", id)
        .raw("author", author(role, name))
        .raw("create_time", time_json(source, time))
        .raw("update_time", "null")
        .raw("content", content(message)?)
        .text("status", status)
        .raw("end_turn", end_turn)
        .raw("weight", format!("{:.1}", message.weight.unwrap_or(1.0)))
        .raw("metadata", metadata.build())
        .text("recipient", recipient)
        .maybe("channel", message.channel.as_deref());
    if let Some(fields) = &message.fields {
        object.merge(fields).context("fields")?;
    }
    for key in &message.without {
        object.remove(key);
    }
    Ok(object.build())
}

fn author(role: &str, name: Option<&str>) -> String {
    Object::new().text("role", role).maybe("name", name).raw("metadata", "{}").build()
}

/// A message's content, by what its source gives.
fn content(message: &Message) -> Result<String> {
    let mut object = Object::new();
    if let Some(content) = &message.content {
        object.merge(content).context("content")?;
    } else if let Some(parts) = &message.parts {
        object.text("content_type", "multimodal_text").raw("parts", parts);
    } else if let Some(text) =
        message.user.as_ref().or(message.assistant.as_ref()).or(message.system.as_ref())
    {
        return Ok(text_content(&[trimmed(text)]));
    } else if let Some(code) = &message.code {
        let language = message.language.as_deref().unwrap_or("unknown");
        object.text("content_type", "code").text("language", language).raw("response_format_name", "null");
        object.text("text", trimmed(code));
    } else if let Some(output) = &message.output {
        object.text("content_type", "execution_output").text("text", trimmed(output));
    } else if !message.thoughts.is_empty() {
        let thoughts: Vec<String> = message
            .thoughts
            .iter()
            .map(|thought| {
                let content = trimmed(&thought.content);
                Object::new()
                    .text("summary", &thought.summary)
                    .text("content", content)
                    .raw("chunks", array(&[string(content)]))
                    .raw("finished", "true")
                    .build()
            })
            .collect();
        object.text("content_type", "thoughts").raw("thoughts", array(&thoughts));
        object.raw("source_analysis_msg_id", "null");
    } else if let Some(recap) = &message.recap {
        object.text("content_type", "reasoning_recap").text("content", recap);
    } else if let Some(canvas) = &message.canvas {
        let document = Object::new()
            .text("name", &canvas.name)
            .text("type", &canvas.format)
            .text("content", trimmed(&canvas.content))
            .build();
        object.text("content_type", "code").text("language", "json").text("text", &document);
    } else if !message.updates.is_empty() {
        let updates: Vec<String> = message
            .updates
            .iter()
            .map(|update| {
                Object::new()
                    .text("pattern", &update.pattern)
                    .raw("multiple", update.multiple.to_string())
                    .text("replacement", trimmed(&update.replacement))
                    .build()
            })
            .collect();
        let changes = Object::new().raw("updates", array(&updates)).build();
        object.text("content_type", "code").text("language", "json").text("text", &changes);
    } else {
        bail!(
            "no content: a message needs a text, code, output, thoughts, recap, canvas, updates, parts or content"
        );
    }
    Ok(object.build())
}

fn text_content(parts: &[&str]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| string(part)).collect();
    Object::new().text("content_type", "text").raw("parts", array(&parts)).build()
}

/// The line break before the closing `'''` belongs to the source, not to the text.
fn trimmed(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

/// Writes the conversation as it stands with these nodes.
fn write(source: &Conversation, id: &str, begun: f64, nodes: &[Node], current: usize) -> Result<Exported> {
    let updated = nodes.iter().map(|node| node.time).fold(begun, f64::max);
    let mut mapping = Object::new();
    // In no useful order, as in the export: by id.
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|&one, &other| nodes[one].id.cmp(&nodes[other].id));
    for index in order {
        let node = &nodes[index];
        let children: Vec<String> = node
            .children
            .iter()
            .filter_map(|&child| nodes.get(child))
            .map(|child| string(&child.id))
            .collect();
        let mut object = Object::new();
        object
            .text("id", &node.id)
            .raw("message", node.message.clone())
            .maybe("parent", node.parent.map(|parent| &*nodes[parent].id))
            .raw("children", array(&children));
        if let Some(fields) = &node.fields {
            object.merge(fields).context("node")?;
        }
        mapping.raw(&node.id, object.build());
    }
    let mut object = Object::new();
    object
        .maybe("title", source.title.as_deref())
        .raw("create_time", time_json(source, begun))
        .raw("update_time", time_json(source, updated))
        .raw("mapping", mapping.build())
        .raw("moderation_results", "[]")
        .text("current_node", &nodes[current].id);
    for key in ["plugin_ids", "conversation_template_id", "gizmo_id", "gizmo_type"] {
        object.raw(key, "null");
    }
    object.text("conversation_id", id).raw("is_archived", "false").raw("is_starred", "null");
    object
        .raw("safe_urls", "[]")
        .raw("blocked_urls", "[]")
        .maybe("default_model_slug", source.model.as_deref());
    for key in ["conversation_origin", "voice", "async_status", "sugar_item_id", "pinned_time"] {
        object.raw(key, "null");
    }
    object
        .raw("disabled_tool_ids", "[]")
        .raw("is_do_not_remember", "false")
        .text("memory_scope", "global_enabled");
    object.raw("is_study_mode", "false").raw("owner", "null").text("id", id);
    if let Some(fields) = &source.fields {
        object.merge(fields).context("fields")?;
    }
    for key in &source.without {
        object.remove(key);
    }
    Ok(Exported { updated, json: finish(&object.build(), source.ascii.unwrap_or(true))? })
}

/// Seconds since 1970 of `2025-03-03 10:42` in UTC.
fn seconds(begun: &str) -> Result<f64> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M", begun).with_context(|| format!("begun = {begun}"))?;
    Ok(TimeZone::UTC.to_timestamp(time)?.as_second() as f64)
}

fn microseconds(seed: &mut Seed) -> f64 {
    seed.below(1_000_000) as f64 / 1e6
}

/// How long until this message: a person reads and types, a model answers at once.
fn pause(message: &Message, seed: &mut Seed) -> f64 {
    let whole = if message.user.is_some() { 25 + seed.below(240) } else { 1 + seed.below(14) };
    whole as f64 + microseconds(seed)
}

fn time_json(source: &Conversation, time: f64) -> String {
    if source.iso_times {
        let time = jiff::Timestamp::from_microsecond((time * 1e6).round() as i64).unwrap_or_default();
        return string(&time.to_string());
    }
    format!("{time:.6}").trim_end_matches('0').trim_end_matches('.').to_owned()
}
