use super::*;

const THREE: [&[u8]; 3] = [b"abc", b"", b"defgh"];

fn media(headers: &[(header::HeaderName, &str)]) -> Response {
    let map = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
        .collect();
    let asked = Asked::new(&Method::GET, &map);
    let all = THREE.map(Bytes::from_static).to_vec();
    pieces(all, "video/mp4", Kept::Forever, asked)
}

async fn body(response: Response) -> Vec<u8> {
    axum::body::to_bytes(response.into_body(), 1000)
        .await
        .unwrap()
        .to_vec()
}

fn said(response: &Response, name: header::HeaderName) -> String {
    let value = response.headers().get(name).map(|v| v.to_str().unwrap());
    value.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn rfc_9110_14_2_a_range_is_answered_with_its_bytes() {
    let cases = [
        ("bytes=0-0", "bytes 0-0/8", &b"a"[..]),
        ("bytes=1-4", "bytes 1-4/8", b"bcde"),
        ("bytes=3-", "bytes 3-7/8", b"defgh"),
        ("bytes=-2", "bytes 6-7/8", b"gh"),
        ("bytes=2-1000", "bytes 2-7/8", b"cdefgh"),
    ];
    for (range, of, bytes) in cases {
        let answer = media(&[(header::RANGE, range)]);
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(said(&answer, header::CONTENT_RANGE), of, "{range}");
        assert_eq!(
            said(&answer, header::CONTENT_LENGTH),
            bytes.len().to_string(),
            "{range}"
        );
        assert_eq!(body(answer).await, bytes, "{range}");
    }
}

#[tokio::test]
async fn rfc_9110_14_2_what_is_no_single_range_is_answered_with_all() {
    for range in ["bytes=0-1,4-5", "pictures=0-1", "bytes=5-2"] {
        let answer = media(&[(header::RANGE, range)]);
        assert_eq!(answer.status(), StatusCode::OK, "{range}");
        assert_eq!(body(answer).await, b"abcdefgh", "{range}");
    }
}

#[tokio::test]
async fn rfc_9110_15_5_17_a_range_past_the_end_is_416() {
    let answer = media(&[(header::RANGE, "bytes=8-9")]);
    assert_eq!(answer.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(said(&answer, header::CONTENT_RANGE), "bytes */8");
    assert_eq!(body(answer).await, b"");
}

#[tokio::test]
async fn rfc_9110_13_1_2_what_is_known_is_not_sent_again() {
    let tag = said(&media(&[]), header::ETAG);
    assert!(!tag.starts_with("W/"));
    for known in [tag.as_str(), "*", &format!("\"other\", {tag}")] {
        let answer = media(&[(header::IF_NONE_MATCH, known)]);
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(said(&answer, header::ETAG), tag);
        assert_eq!(body(answer).await, b"");
    }
    let answer = media(&[(header::IF_NONE_MATCH, "\"other\"")]);
    assert_eq!(body(answer).await, b"abcdefgh");
}

#[tokio::test]
async fn rfc_9110_13_1_5_a_range_of_something_else_is_answered_with_all() {
    let tag = said(&media(&[]), header::ETAG);
    let part = (header::RANGE, "bytes=0-1");
    let same = media(&[part.clone(), (header::IF_RANGE, &tag)]);
    assert_eq!(body(same).await, b"ab");
    let other = media(&[part, (header::IF_RANGE, "\"other\"")]);
    assert_eq!(other.status(), StatusCode::OK);
    assert_eq!(body(other).await, b"abcdefgh");
}
