use super::*;
use std::fmt::Write as _;
use std::process::Command;

/// Names of the C header and what is declared here.
macro_rules! constants {
    ($($name:ident),* $(,)?) => { [$((stringify!($name), i64::from($name))),*] };
}

/// What a C program says of `expressions`; none where there is no C compiler.
fn c_says(expressions: &[String]) -> Option<Vec<i64>> {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("layout.c");
    let program = dir.path().join("layout");
    let mut text = String::from(
        "#include <stddef.h>\n#include <stdio.h>\n#include <srt/srt.h>\n\
         struct CBytePerfMon stats; SRT_EPOLL_EVENT event;\nint main(void) {\n",
    );
    for expression in expressions {
        writeln!(text, "printf(\"%lld\\n\", (long long)({expression}));").unwrap();
    }
    text.push_str("return 0; }\n");
    std::fs::write(&source, text).unwrap();
    let compiled = Command::new("cc").arg(&source).arg("-o").arg(&program).output();
    let Ok(compiled) = compiled else {
        println!("skipped: there is no C compiler (cc)");
        return None;
    };
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let said = Command::new(&program).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    Some(said.lines().map(|line| line.parse().unwrap()).collect())
}

/// Compares `(C expression, value here)`.
fn compare(expected: &[(String, i64)]) {
    let expressions: Vec<_> = expected.iter().map(|(name, _)| name.clone()).collect();
    let Some(said) = c_says(&expressions) else {
        return;
    };
    assert_eq!(said.len(), expected.len());
    for ((name, value), said) in expected.iter().zip(said) {
        assert_eq!(*value, said, "{name}");
    }
}

#[test]
fn numbers_are_those_of_the_header() {
    let same = constants![
        SRT_ERROR,
        SRTO_SNDSYN,
        SRTO_RCVSYN,
        SRTO_SNDBUF,
        SRTO_RCVBUF,
        SRTO_MAXBW,
        SRTO_LATENCY,
        SRTO_RCVDATA,
        SRTO_RCVLATENCY,
        SRTO_PEERLATENCY,
        SRTO_INPUTBW,
        SRTO_OHEADBW,
        SRTO_PASSPHRASE,
        SRTO_PBKEYLEN,
        SRTO_TLPKTDROP,
        SRTO_SNDDROPDELAY,
        SRTO_CONNTIMEO,
        SRTO_MINVERSION,
        SRTO_STREAMID,
        SRTO_PAYLOADSIZE,
        SRTO_TRANSTYPE,
        SRTO_IPV6ONLY,
        SRTO_PEERIDLETIMEO,
        SRTT_LIVE,
        SRTS_CONNECTING,
        SRTS_CONNECTED,
        SRT_ESCLOSED,
        SRT_ECONNFAIL,
        SRT_ECONNLOST,
        SRT_ENOCONN,
        SRT_EINVSOCK,
        SRT_EBINDCONFLICT,
        SRT_EDUPLISTEN,
        SRT_EASYNCSND,
        SRT_EASYNCRCV,
        SRT_ECONGEST,
        SRT_REJ_PEER,
        SRT_REJ_UNKNOWN,
        SRT_REJ_RESOURCE,
        SRT_REJ_BACKLOG,
        SRT_REJ_CLOSE,
        SRT_REJ_VERSION,
        SRT_REJ_BADSECRET,
        SRT_REJ_UNSECURE,
        SRT_REJ_MESSAGEAPI,
        SRT_REJ_CONGESTION,
        SRT_REJ_FILTER,
        SRT_REJ_TIMEOUT,
        SRT_REJC_PREDEFINED,
        SRT_EPOLL_IN,
        SRT_EPOLL_OUT,
        SRT_EPOLL_ERR,
        SRT_EPOLL_ENABLE_EMPTY,
        LOG_CRIT,
        LOG_ERR,
        LOG_WARNING,
        LOG_NOTICE,
    ];
    let mut expected: Vec<_> = same.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let flags =
        "SRT_LOGF_DISABLE_TIME|SRT_LOGF_DISABLE_THREADNAME|SRT_LOGF_DISABLE_SEVERITY|SRT_LOGF_DISABLE_EOL";
    expected.push((flags.into(), i64::from(SRT_LOGF_BARE)));
    expected.push(("SRT_VERSION_FEAT_HSv5".into(), i64::from(SRT_VERSION_FEAT_HSV5)));
    expected.push(("(int)SRT_EPOLL_ET".into(), i64::from(SRT_EPOLL_ET)));
    expected.push(("sizeof(SRTSOCKET)".into(), size_of::<SRTSOCKET>() as i64));
    compare(&expected);
}

#[test]
fn structures_lie_as_the_header_says() {
    let mut expected = vec![
        ("sizeof stats".to_owned(), size_of::<SRT_TRACEBSTATS>() as i64),
        ("sizeof event".to_owned(), size_of::<SRT_EPOLL_EVENT>() as i64),
        (
            "offsetof(SRT_EPOLL_EVENT, fd)".to_owned(),
            std::mem::offset_of!(SRT_EPOLL_EVENT, fd) as i64,
        ),
        (
            "offsetof(SRT_EPOLL_EVENT, events)".to_owned(),
            std::mem::offset_of!(SRT_EPOLL_EVENT, events) as i64,
        ),
    ];
    for (name, offset, size) in stats::FIELDS {
        expected.push((format!("offsetof(struct CBytePerfMon, {name})"), *offset as i64));
        expected.push((format!("sizeof stats.{name}"), *size as i64));
    }
    compare(&expected);
}
