// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/key_text.h>
#include <carma/limits.h>
#include <carma/progress.h>
#include <carma/result.h>
#include <carma/secret_bytes.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The API keys that a store knows. Of a key it keeps an HMAC-SHA-256 under a pepper, which the master key wraps; the text is handed out
/// once. Every change is an audited record of the log: after a crash it is there as a whole or not at all.
namespace carma {

using KeyId = Id128<struct KeyTag>; ///< public name of a key; says nothing about its text

/// Part of the stored format, do not renumber.
enum class KeyOperation : std::uint8_t { Read = 0, Write = 1, Forget = 2, Heal = 3, Keys = 4, Usage = 5, Audit = 6, Network = 7 };
inline constexpr unsigned kKeyOperations = 8;
std::string_view name(KeyOperation operation); ///< "read", "write", "forget", "heal", "keys", "usage", "audit", "network"
LimitKind limitKindOf(KeyOperation operation);

/// What a key may do, and where. A key may do what one of its scopes allows.
struct KeyScope {
    std::uint32_t operations = 0; ///< bit n: the operation of number n
    std::string space = "*";      ///< a namespace, or * for all
    std::string tag = "*";        ///< a tag, or * for everything
    bool operator==(const KeyScope&) const = default;
};
/// "read,write:letters:draft", "read:letters", "*". InvalidArgument.
Result<KeyScope> parseScope(std::string_view text);
std::string toString(const KeyScope& scope);
/// What the permission stands for; empty for Custom.
std::vector<KeyScope> scopesOf(KeyPermission permission);

/// A network of addresses. IPv4 ones stand as ::ffff:a.b.c.d.
struct AddressRange {
    std::array<std::uint8_t, 16> address{};
    std::uint8_t bits = 128; ///< how many of the 128 count
    bool operator==(const AddressRange&) const = default;
};
/// "10.1.0.0/16", "2001:db8::/32", "192.0.2.7". InvalidArgument, also for bits that are set behind the prefix.
Result<AddressRange> parseAddressRange(std::string_view text);
std::string toString(const AddressRange& range);
bool contains(const AddressRange& range, std::string_view address); ///< false for what is no address

enum class KeyState : std::uint8_t {
    Active,
    Grace,     ///< was rotated and still works for a while
    Suspended, ///< works again after resume
    Revoked,   ///< never works again
    Expired,   ///< its time, or its grace, is over
};
std::string_view name(KeyState state); ///< "active", "grace", "suspended", "revoked", "expired"

struct KeyInfo {
    KeyId id;
    std::string owner, label;
    KeyParts parts; ///< as the key says them, with the fingerprint
    std::vector<KeyScope> scopes;
    std::vector<AddressRange> addresses; ///< empty: from everywhere
    std::string rateClass;
    std::uint64_t quotaADay = 0;                                ///< 0: none
    std::optional<std::uint64_t> credits;                       ///< what is left; none: not counted
    std::int64_t createdUs = 0, notBeforeUs = 0, expiresUs = 0; ///< 0: no bound
    std::int64_t lastUsedUs = 0;                                ///< by the minute
    std::uint64_t uses = 0;
    KeyState state{};
    std::int64_t graceEndsUs = 0;
    KeyId successor, predecessor; ///< null: none
    std::uint32_t generation = 1;
    std::string reason; ///< why it was suspended or revoked
};

struct NewKey {
    std::string owner;                     ///< 1 to 256 bytes of UTF-8
    std::optional<std::uint64_t> position; ///< default: the owner's seat, else the lowest after all that are taken
    KeyPermission permission = KeyPermission::ReadOnly;
    std::vector<KeyScope> scopes; ///< for Custom, and for nothing else
    std::string label;
    std::int64_t notBeforeUs = 0, expiresUs = 0;
    std::vector<AddressRange> addresses;
    std::string rateClass = "standard";
    std::uint64_t quotaADay = 0;
    std::optional<std::uint64_t> credits;
};

struct IssuedKey {
    KeyInfo info;
    SecretBytes text; ///< to be shown once and never stored
};

inline constexpr std::int64_t kGraceDefaultUs = 24LL * 3600 * 1'000'000;
inline constexpr std::int64_t kGraceMaxUs = 7 * kGraceDefaultUs;
inline constexpr std::size_t kKeysAtOnceMax = 20'000;

/// A rate class as a store has it: built in, or its own.
struct KeyRateClass {
    std::string name; ///< of a store's own: 1 to 32 of a-z, 0-9 and '-'
    RateLimit read, write, heavy;
    bool builtIn = false;
    bool operator==(const KeyRateClass&) const = default;
};

/// What a compaction of the records of keys did, or would do.
struct KeyCompaction {
    std::uint64_t events = 0;  ///< in all records of keys
    std::uint64_t kept = 0;    ///< that say the same
    std::uint64_t records = 0; ///< that are replaced and purged
};

/// What somebody wants to do with a key.
struct KeyUse {
    KeyOperation operation = KeyOperation::Read;
    std::string space{}, tag{}; ///< empty: needs a scope for all of them
    std::string address{};      ///< whence; empty: not known, then a key with an allow-list is refused
    std::uint64_t cost = 1;     ///< in credits and in demands of the rate
};

enum class KeyRefusal : std::uint8_t {
    None,
    Malformed,
    Unknown,
    Revoked,
    Suspended,
    Expired,
    NotYet,
    Doubtful,   ///< records of keys are lost, and one may have been about this key; resume vouches for it
    Permission, ///< the text and the record disagree
    Address,
    Scope,
    Source, ///< too many failures from this address
    Rate,
    Quota,
    Credits,
};
std::string_view name(KeyRefusal refusal);

/// What clients are told whose key is not accepted, whatever the cause: the cause is for the operator.
inline constexpr std::string_view kKeyRefusedText = "the key is not accepted";

struct KeyVerdict {
    KeyRefusal refusal = KeyRefusal::None;
    std::string why; ///< one sentence for the operator, without anything secret
    KeyId id;        ///< null unless the key is known
    LimitDecision limit;
    std::optional<std::uint64_t> creditsLeft;
    [[nodiscard]] bool accepted() const { return refusal == KeyRefusal::None; }
};

/// Obtained from Store; lives as long as it. Thread-safe. What writes gives Busy if the store is open for reading only. A wall clock that
/// stands more than a minute before the newest event of a key is InvalidArgument for every change; checks go on with the newest time seen.
class Keys {
public:
    virtual ~Keys() = default;
    /// AlreadyExists for a seat that another owner has. InvalidArgument names the field. Refusals are audited.
    virtual Result<IssuedKey> create(const NewKey& key) = 0;
    /// All or none, in one record. LimitExceeded beyond kKeysAtOnceMax.
    virtual Result<std::vector<IssuedKey>> createAll(std::span<const NewKey> keys) = 0;
    /// In the order of creation. The visitor returns false to stop.
    virtual Result<void> list(const std::function<bool(const KeyInfo&)>& visit) = 0;
    /// By id, or by its beginning of at least 4 characters. NotFound; InvalidArgument if several begin so.
    virtual Result<KeyInfo> show(std::string_view id) = 0;
    /// The keys with this fingerprint: mostly one or none.
    virtual Result<std::vector<KeyInfo>> find(std::uint64_t fingerprint) = 0;

    /// Decides about a use, counts it and takes its cost. Refusals are audited, without the text. Open for reading only, nothing is
    /// counted, taken or audited. Errors are those of the store; a key that is refused is no error.
    virtual Result<KeyVerdict> check(std::string_view text, const KeyUse& use) = 0;

    /// A new secret for the same rights. The old key goes on for the grace (0 to 7 days); a generation before it ends at once, so that
    /// at most two work.
    virtual Result<IssuedKey> rotate(std::string_view id, std::int64_t graceUs, std::string_view reason) = 0;
    virtual Result<KeyInfo> revoke(std::string_view id, std::string_view reason) = 0; ///< for ever
    virtual Result<KeyInfo> suspend(std::string_view id, std::string_view reason) = 0;
    virtual Result<KeyInfo> resume(std::string_view id) = 0;
    virtual Result<KeyInfo> expire(std::string_view id, std::int64_t atUs) = 0; ///< 0: never
    virtual Result<KeyInfo> addCredits(std::string_view id, std::uint64_t credits) = 0;

    /// The built-in classes, then the store's own by name.
    virtual Result<std::vector<KeyRateClass>> classes() = 0;
    /// Makes a class or changes it; keys that have it follow at once. InvalidArgument for a name or limit that is none, or a built-in one.
    virtual Result<void> setClass(const KeyRateClass& rateClass, bool dryRun) = 0;
    /// NotFound; InvalidArgument while a key that is not revoked has it.
    virtual Result<void> removeClass(std::string_view name, bool dryRun) = 0;

    /// Writes down what all records of keys come to and purges them: counts and former states go, keys and seats stay. A crash leaves
    /// the old records, or the new ones beside some old ones, which say the same.
    virtual Result<KeyCompaction> compact(bool dryRun, const Task& task) = 0;
    /// Makes counts, credits and limits durable as they are; closing the store does it, too. In between the counts of some minutes may
    /// be lost to a crash; credits and quotas are reserved ahead, so that a crash gives none back.
    virtual Result<void> flush() = 0;
};

} // namespace carma
