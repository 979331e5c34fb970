//! JSON as people read it: an object's fields on lines of their own, lists of numbers and words on one.

use std::fmt::Write as _;

use serde_json::Value;

/// `value` on as many lines as it takes, without an end of line at its end.
pub(crate) fn laid_out(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0);
    text
}

fn write(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let fields = fields.iter().map(|(key, value)| (Some(key), value));
            block(text, ['{', '}'], fields, depth);
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            block(text, ['[', ']'], items.iter().map(|item| (None, item)), depth);
        }
        // Writing to a String can't fail.
        other => drop(write!(text, "{other}")),
    }
}

fn block<'a>(
    text: &mut String,
    [open, close]: [char; 2],
    items: impl Iterator<Item = (Option<&'a String>, &'a Value)>,
    depth: usize,
) {
    text.push(open);
    for (n, (key, value)) in items.enumerate() {
        text.push_str(if n == 0 { "\n" } else { ",\n" });
        text.push_str(&"  ".repeat(depth + 1));
        if let Some(key) = key {
            let _ = write!(text, "{}: ", Value::from(key.as_str()));
        }
        write(text, value, depth + 1);
    }
    let _ = write!(text, "\n{}{close}", "  ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_of_numbers_stay_on_their_line_and_it_reads_back() {
        let value = json!({"a": [1, null, 3], "b": {"c": [], "d": {}}, "e": [{"f\n": "\"x\""}]});
        let text = laid_out(&value);
        let expected = "{\n  \"a\": [1,null,3],\n  \"b\": {\n    \"c\": [],\n    \"d\": {}\n  },\n  \"e\": [\n    {\n      \
                        \"f\\n\": \"\\\"x\\\"\"\n    }\n  ]\n}";
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
