//! What can be the matter with a computer.

/// What is the matter with a computer, worst first: of two that are so the first is said, since it explains the other or
/// weighs more.
///
/// | trouble | begins | is over |
/// | --- | --- | --- |
/// | `Battery` | 15 % or less, and discharging | charging, or more than 20 % |
/// | `Disk` | less than 1 GiB can be written | more than 2 GiB |
/// | `Memory` | less than 5 % can be had, for 2 s | more than 10 % for 5 s |
/// | `Hot` | it slows down because of heat, for 2 s | not for 10 s |
/// | `Busy` | others use 30 % or more of the cores and less than 10 % are left, for 2 s | not so for 5 s |
/// | `Saving` | it saves power while less than 40 % of the cores are left, for 5 s | not so for 10 s |
/// | `Graphics` | pictures are drawn late, for 2 s | not for 5 s |
/// | `Encoder` | pictures wait for an encoder, for 2 s | not for 5 s |
///
/// What a seller can do about each is its [`advice`](Self::advice).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// The battery is nearly empty.
    Battery,
    /// The disk is nearly full.
    Disk,
    /// Memory is nearly used up.
    Memory,
    /// It slows down because it is too hot.
    Hot,
    /// Other programs use what the show needs.
    Busy,
    /// It saves power instead of being fast.
    Saving,
    /// Pictures are drawn too slowly.
    Graphics,
    /// Pictures are encoded too slowly.
    Encoder,
}

impl Trouble {
    /// Every one, worst first.
    pub const ALL: [Self; 8] = [
        Self::Battery,
        Self::Disk,
        Self::Memory,
        Self::Hot,
        Self::Busy,
        Self::Saving,
        Self::Graphics,
        Self::Encoder,
    ];

    /// A name for programs; never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Battery => "machine.battery",
            Self::Disk => "machine.disk",
            Self::Memory => "machine.memory",
            Self::Hot => "machine.hot",
            Self::Busy => "machine.busy",
            Self::Saving => "machine.saving",
            Self::Graphics => "machine.graphics",
            Self::Encoder => "machine.encoder",
        }
    }

    /// What a seller can do about it: one sentence, in English.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Battery => "The battery is nearly empty: plug this computer in now.",
            Self::Disk => {
                "The disk is nearly full: delete what you don't need, or nothing more can be saved."
            }
            Self::Memory => "This computer has hardly any memory left: close other programs.",
            Self::Hot => {
                "This computer is too hot and slows down: free its air vents, or move it out of the sun."
            }
            Self::Busy => "Other programs slow this computer down: close them.",
            Self::Saving => {
                "This computer saves power: plug it in, or choose full performance in its settings."
            }
            Self::Graphics => {
                "This computer draws the show too slowly: choose a smaller picture, or fewer layers."
            }
            Self::Encoder => "This computer packs the show too slowly: choose a smaller picture.",
        }
    }

    /// Whether it explains that pictures are late.
    pub(super) const fn slows(self) -> bool {
        matches!(self, Self::Memory | Self::Hot | Self::Busy | Self::Saving)
    }
}
