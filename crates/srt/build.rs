//! Finds libsrt. On Debian it must be the GnuTLS build, which GStreamer's plug-in loads: two of them in one
//! process would be two libraries with the same names.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let found = pkg_config::Config::new().atleast_version("1.5").probe("srt");
    match found {
        Err(error) => fail(&format!("{error}")),
        Ok(srt) if is_debian() && !srt.libs.iter().any(|lib| lib == "srt-gnutls") => {
            fail("the libsrt that is installed isn't the GnuTLS build");
        }
        Ok(_) => {}
    }
}

fn is_debian() -> bool {
    std::path::Path::new("/etc/debian_version").exists()
}

fn fail(why: &str) {
    println!("cargo::error=libsrt 1.5 is missing: install the package libsrt-gnutls-dev. {why}");
}
