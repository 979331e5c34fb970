//! A client's HTTP, against a server on loopback that answers what it is told to.

use rtc::Error;
use rtc::signal::{Bearer, Client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Answers one request after the other with `answers`; gives the requests.
async fn answered(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/whip", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 16 << 10];
            let length = stream.read(&mut request).await.unwrap();
            requests.push(String::from_utf8_lossy(&request[..length]).into_owned());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    (address, served)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

#[tokio::test]
async fn a_call_begins_and_ends_what_the_server_made_of_it() {
    let created = answer(
        "201 Created",
        "Location: /whip/abc\r\nContent-Type: application/sdp\r\n",
        "v=0",
    );
    let (address, served) = answered(vec![created, answer("200 OK", "", "")]).await;
    let mut client = Client::new(&address, Some(Bearer::new("key").unwrap())).unwrap();
    assert!(client.resolve().await.unwrap().ip().is_loopback());
    assert_eq!(client.offer("offer".into()).await.unwrap(), "v=0");
    client.leave().await;
    let requests = served.await.unwrap();
    assert!(requests[0].starts_with("POST /whip HTTP/1.1"));
    assert!(
        requests
            .iter()
            .all(|request| request.contains("authorization: Bearer key"))
    );
    assert!(requests[1].starts_with("DELETE /whip/abc HTTP/1.1"));
}

#[tokio::test]
async fn refusals_and_answers_that_are_none_are_told() {
    let refusal = answer(
        "401 Unauthorized",
        "",
        "{\"sentence\":\"The stream key is wrong.\"}",
    );
    let (address, _) = answered(vec![refusal]).await;
    let refused = Client::new(&address, None)
        .unwrap()
        .offer(String::new())
        .await
        .unwrap_err();
    let said = "The server refused with HTTP status 401: The stream key is wrong.";
    assert_eq!(refused.to_string(), said);

    let (address, _) = answered(vec![answer("201 Created", "", &"x".repeat(70_000))]).await;
    let refused = Client::new(&address, None)
        .unwrap()
        .offer(String::new())
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Description(_)), "{refused}");

    let (address, _) = answered(vec![answer("200 OK", "", "hello")]).await;
    let refused = Client::new(&address, None)
        .unwrap()
        .offer(String::new())
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Refused { status: 200, .. }), "{refused}");

    let refused = Client::new("http://127.0.0.1:1/whip", None).unwrap();
    let refused = refused.clone().offer(String::new()).await.unwrap_err();
    assert!(matches!(refused, Error::Http(_)), "{refused}");
}

#[tokio::test]
async fn a_key_does_not_follow_to_another_host() {
    let (other, elsewhere) = answered(vec![answer("201 Created", "Location: /x\r\n", "v=0")]).await;
    let other = other.replace("127.0.0.1", "localhost");
    let moved = answer("307 Temporary Redirect", &format!("Location: {other}\r\n"), "");
    let (address, _) = answered(vec![moved]).await;
    let mut client = Client::new(&address, Some(Bearer::new("key").unwrap())).unwrap();
    client.offer("offer".into()).await.unwrap();
    let requests = elsewhere.await.unwrap();
    assert!(requests[0].starts_with("POST /whip") && !requests[0].contains("Bearer key"));
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_told_from_one_that_is_away() {
    let own = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/whip", listener.local_addr().unwrap());
    let mut client = Client::new(&address, None).unwrap();
    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        assert!(
            TlsAcceptor::from(std::sync::Arc::new(config))
                .accept(stream)
                .await
                .is_err()
        );
    };
    let (untrusted, ()) = tokio::join!(client.offer("offer".into()), serve);
    assert!(matches!(untrusted, Err(Error::Certificate(_))), "{untrusted:?}");
    drop(listener);
    let away = client.offer("offer".into()).await;
    assert!(matches!(away, Err(Error::Http(_))), "{away:?}");
}
