// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/anomaly.h>
#include <carma/audit.h>
#include <carma/billing.h>
#include <carma/embedders.h>
#include <carma/health.h>
#include <carma/hypotheses.h>
#include <carma/keys.h>
#include <carma/memory.h>
#include <carma/result.h>
#include <carma/secret_bytes.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carma {

class Clock;
class Disk;
class Embedder;
class Executor;
class Random;

/// What opens a store. Exactly one is used, in this order: key file, passphrase, recovery code.
struct Credentials {
    std::optional<std::string> keyFile; ///< path of a key file
    std::optional<SecretBytes> passphrase;
    std::optional<SecretBytes> recoveryCode; ///< the text a user typed
};

/// What can be told about a store without any key.
struct StoreInfo {
    StoreId id;
    std::uint32_t format = 0;
    unsigned dataShards = 0, parityShards = 0;
    bool hasKeyFile = false, hasPassphrase = false, hasRecoveryCode = false;
};

/// The outside world. Everything that is null is the real thing. Not owned; must outlive the store.
struct Environment {
    Disk* disk = nullptr; ///< default: the store's folder on this machine
    Clock* clock = nullptr;
    Random* random = nullptr;
    Executor* executor = nullptr;            ///< default: threads, one a core
    std::shared_ptr<Embedder> embedder;      ///< default: the built-in model from the program's resources
    std::string catalogFolder;               ///< default: the store's folder. Where catalog.sqlite lives; ":memory:" keeps none on disk
    std::uint32_t segmentBytes = 16U << 20U; ///< size at which a segment is sealed; smaller in tests
    EmbedderFactory embedderFactory{};       ///< for embedders that do not come with the program
    /// The search engines of the namespaces that were asked longest ago are dropped when all together take more; the one in use stays.
    /// 0: a quarter of the machine's memory.
    std::uint64_t searchMemoryBytes = 0;
};

struct CreateOptions {
    unsigned data = 4;                  ///< k, 1..32
    unsigned parity = 2;                ///< m, 0..16
    std::optional<std::string> keyFile; ///< where to write the key file; default is the key folder
    bool withKeyFile = true;            ///< at least one of key file and passphrase
    std::optional<SecretBytes> passphrase;
    std::uint64_t scryptCost = 1U << 16U; ///< N of RFC 7914; lower only in tests
    std::string actor;                    ///< as OpenOptions::actor
};

struct Created {
    StoreId id;
    std::string keyFile;      ///< path written; empty without one
    SecretBytes recoveryCode; ///< text to be shown once and never stored
};

struct OpenOptions {
    bool readOnly = false;                          ///< any number of readers beside one writer
    std::int64_t waitMs = 0;                        ///< how long to wait for another writer before Busy
    std::string holder;                             ///< told to others who find the store busy, for instance "carma ingest (pid 4711)"
    std::string actor;                              ///< who the audit names, "user@host via carma"; empty: `holder`
    std::string requestId;                          ///< what the audit names with it; empty: a random one
    std::function<void(std::string_view)> onNotice; ///< one-line news such as "catalog was damaged and has been rebuilt"
    Task task;                                      ///< progress of catching up
};

/// Ways to unlock, changed while open. Obtained from Store.
class Access {
public:
    virtual ~Access() = default;
    virtual Result<void> setPassphrase(const SecretBytes& passphrase) = 0;
    virtual Result<void> removePassphrase() = 0;                    ///< InvalidArgument if it is the last way in
    virtual Result<void> writeKeyFile(const std::string& path) = 0; ///< makes a new key file; the old one opens nothing any more
    /// Makes a new recovery code; the old one is void. The text is shown once.
    virtual Result<SecretBytes> renewRecoveryCode() = 0;
};

/// All memory of one server block: a folder. Thread-safe. Closing seals nothing but leaves everything durable.
class Store {
public:
    /// Makes a store in `path` (missing or an empty folder). AlreadyExists for a store or a folder with other content;
    /// InvalidArgument for numbers out of range. Half-made stores are removed again on failure.
    static Result<Created> create(const std::string& path, CreateOptions options, const Environment& environment);
    /// NotFound if `path` is no store. Damaged or absent superblock copies are no obstacle.
    static Result<StoreInfo> probe(const std::string& path, const Environment& environment);
    /// Errors: NotFound, WrongKey (and not one byte is written), AuthenticationFailed, Unsupported (newer format, untouched), Busy (names
    /// the holder), DamagedStore. Damage within the budget is no error: the store opens at once and serves everything.
    static Result<std::unique_ptr<Store>> open(
        const std::string& path, const Credentials& credentials, const Environment& environment, OpenOptions options);

    virtual ~Store() = default;
    [[nodiscard]] virtual Memory& memory() = 0;
    [[nodiscard]] virtual Health& health() = 0;
    [[nodiscard]] virtual Hypotheses& hypotheses() = 0;
    [[nodiscard]] virtual Access& access() = 0;
    [[nodiscard]] virtual Audit& audit() = 0;
    [[nodiscard]] virtual Subjects& subjects() = 0;
    [[nodiscard]] virtual Keys& keys() = 0;
    [[nodiscard]] virtual Billing& billing() = 0;
    [[nodiscard]] virtual Anomalies& anomalies() = 0;
    [[nodiscard]] virtual Embedders& embedders() = 0;
    /// Seals the open segment now instead of when it is full.
    virtual Result<void> seal() = 0;
    /// Makes everything durable, settles the catalog and releases the lock; the destructor does the same without reporting.
    virtual Result<void> close() = 0;
};

/// "$XDG_CONFIG_HOME/carma/keys/<store id>.key", with ~/.config for an unset variable.
std::string defaultKeyFile(const StoreId& id);
/// "$XDG_DATA_HOME/carma/default", with ~/.local/share for an unset variable.
std::string defaultStorePath();
/// The folder that holds models/ and samples/: $CARMA_RESOURCES, beside the program (../share/carma), or the source tree. Empty if none.
std::string resourceFolder();

/// Self-tests of the cryptography; programs end at once if it fails.
Result<void> selfTest();

} // namespace carma
