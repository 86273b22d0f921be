// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/progress.h>
#include <carma/result.h>

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// API keys as texts: what can be done with one without any store.
///
///   carma_<user8>_pi_<pos>_perm_<perm>_meta_<n6>_quantum_<secret43><crc6>
///
///   user8     8 of 0-9a-f: a pseudonym of the owner
///   pos       decimal, 0 to kSeats - 1: the owner's seat in the world
///   perm      ro, rw, admin, svc or custom: a hint, the stored scopes count
///   n6        6 digits that follow from the fields before it
///   secret43  256 random bits in base 62 (0-9A-Za-z), highest digit first
///   crc6      CRC-32 of all before it in base 62, lowest digit first, so that a swap over the border is always seen
///
/// What protects is the secret: 256 bits of a cryptographic generator, of which stores keep an HMAC only. All the rest names, checks
/// and looks: digits of pi, compression and squares carry no secrecy. Others treat keys as opaque texts of up to 255 characters.
namespace carma {

inline constexpr std::size_t kKeyTextMax = 255;
inline constexpr std::size_t kKeySecretBytes = 32;

inline constexpr std::uint64_t kUsers = 8'000'000'000;
inline constexpr std::uint64_t kSeatsABlock = 60;
inline constexpr std::uint64_t kBlocks = (kUsers + kSeatsABlock - 1) / kSeatsABlock; ///< rounded up: everybody has a seat
inline constexpr std::uint64_t kSeats = kBlocks * kSeatsABlock;

/// Part of the stored format, do not renumber.
enum class KeyPermission : std::uint8_t { ReadOnly = 0, ReadWrite = 1, Admin = 2, Service = 3, Custom = 4 };
std::string_view name(KeyPermission permission); ///< "ro", "rw", "admin", "svc", "custom"
Result<KeyPermission> parsePermission(std::string_view text);

/// What a key says of itself.
struct KeyParts {
    std::string user;
    std::uint64_t position = 0;
    KeyPermission permission{};
    std::uint32_t meta = 0;
    std::uint32_t piWord = 0;      ///< the 8 decimals of pi from position mod 10^6 on
    std::uint64_t fingerprint = 0; ///< of the whole key, secret included; it gives nothing of it away

    [[nodiscard]] std::uint64_t block() const { return position / kSeatsABlock; }
    [[nodiscard]] std::uint64_t slot() const { return position % kSeatsABlock; }
};

/// The offline check: form, alphabet, CRC and meta key. Finds each change of one character and each swap of two neighbours.
/// InvalidArgument names the part and the character (counted from 1), and quotes nothing of the secret. That a key holds says
/// nothing about whether a store knows it.
Result<KeyParts> parseKey(std::string_view text);

/// A regular expression for secret scanners of others.
std::string_view keyPattern();

/// A 3 x 3 magic square, row by row. People compare it like a picture; programs check it in nanoseconds.
struct MagicSquare {
    std::array<std::uint32_t, 9> cells{};
    /// All rows, columns and diagonals have one sum, and no number stands twice.
    [[nodiscard]] bool holds() const;
    bool operator==(const MagicSquare&) const = default;
};
/// One of 2^31 squares, the same for the same number everywhere.
MagicSquare squareOf(std::uint64_t fingerprint);
std::string squareText(const MagicSquare& square); ///< seven lines of ASCII
std::string squareSvg(const MagicSquare& square);  ///< a document of its own

/// A key that lies where it should not.
struct KeyFinding {
    std::uint64_t offset = 0; ///< of the first character, from 0
    std::uint64_t line = 1;   ///< from 1
    std::uint64_t column = 1; ///< in bytes, from 1
    KeyParts parts;           ///< empty unless `whole`
    bool whole = false;       ///< the offline check holds; else it only has the form of a key
};

/// Finds keys in a stream of bytes that comes in pieces of any size. Not thread-safe.
class KeyScanner {
public:
    explicit KeyScanner(std::function<void(const KeyFinding&)> onFinding) : m_onFinding(std::move(onFinding)) {}
    void add(ByteView piece);
    void finish(); ///< no more pieces: what stood at the end is looked at, and the next stream may begin

private:
    void look(ByteView bytes, std::size_t decided);
    void skip(ByteView bytes);

    std::function<void(const KeyFinding&)> m_onFinding;
    Bytes m_rest;                                         ///< the end of what came, where a key may have begun
    std::uint64_t m_offset = 0, m_line = 1, m_column = 1; ///< of the first byte that is not looked at yet
};

struct KeyScanReport {
    std::uint64_t files = 0, bytes = 0, findings = 0;
    std::vector<std::string> unread; ///< what could not be read, one sentence each; at most 1,000
};
/// Scans a file, or all regular files below a folder; symbolic links below it are not followed. NotFound; Cancelled.
Result<KeyScanReport> scanForKeys(
    const std::string& path, const std::function<void(const std::string& file, const KeyFinding&)>& onFinding, const Task& task);

} // namespace carma
