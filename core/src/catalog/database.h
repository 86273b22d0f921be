// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/disk.h>
#include <carma/ids.h>
#include <carma/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

/// SQLite behind two small classes; no other file includes its header.
///
/// Every connection is hardened in the same way: defensive, no trusted schema, cell sizes checked, no memory mapping,
/// temporary data in memory, freed bytes overwritten, values limited in size. A file that lies to SQLite gives an error.
///
/// Errors: Corruption (malformed file, not a database, a schema that is not ours), NoSpace, Busy, LimitExceeded, Io.
namespace carma::catalog {

/// One execution of a prepared statement. Resets it when it dies, so at most one Query of a statement lives at a time.
/// Blobs that are bound are not copied: they outlive the Query or its last step.
class Query {
public:
    Query(sqlite3* database, sqlite3_stmt* statement) : m_database(database), m_statement(statement) {}
    Query(Query&& other) noexcept;
    Query& operator=(Query&&) = delete;
    ~Query();

    /// Binds the next parameter, from the first on.
    Query& add(std::int64_t value);
    Query& add(std::uint64_t value) { return add(static_cast<std::int64_t>(value)); }
    Query& add(std::uint32_t value) { return add(static_cast<std::int64_t>(value)); }
    Query& add(int value) { return add(static_cast<std::int64_t>(value)); }
    Query& add(bool value) { return add(static_cast<std::int64_t>(value)); }
    Query& add(ByteView blob);
    Query& addText(std::string_view text);
    Query& addNull();
    template <typename Tag> Query& add(const Id128<Tag>& id) { return add(id.view()); }
    /// NULL for an empty blob.
    Query& addOrNull(ByteView blob) { return blob.empty() ? addNull() : add(blob); }

    /// True if there is a row, false at the end.
    Result<bool> step();
    /// Steps once, for statements without rows, and makes the statement ready to be bound again.
    Result<void> run();
    /// Makes the statement ready to be bound and stepped again.
    void restart();

    /// Columns of the current row, from 0. Blobs are valid until the next step.
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    [[nodiscard]] ByteView blob(int column) const;
    [[nodiscard]] std::string text(int column) const { return toString(blob(column)); }
    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] bool isBlob(int column) const;
    /// No value unless the column is a blob of 16 bytes.
    template <typename IdType> [[nodiscard]] std::optional<IdType> id(int column) const
    {
        const ByteView bytes = blob(column);
        if (!isBlob(column) || bytes.size() != 16) {
            return std::nullopt;
        }
        IdType value;
        for (std::size_t i = 0; i < 16; ++i) {
            value.bytes[i] = std::to_integer<std::uint8_t>(bytes[i]);
        }
        return value;
    }

private:
    void check(int code);

    sqlite3* m_database = nullptr;
    sqlite3_stmt* m_statement = nullptr;
    int m_next = 1;
    int m_failed = 0; ///< first error of a binding, reported by step()
};

enum class Access : std::uint8_t {
    ReadWrite, ///< write-ahead log, synchronous NORMAL; the file must exist (it may be empty)
    Read,      ///< sees what a writer in another process commits
    Immutable, ///< nobody writes: no lock, no shared memory, no file made beside it
};

/// One connection. Not thread-safe: the owner guards it.
class Database {
public:
    static Result<Database> open(const std::string& path, Access access);
    static Result<Database> inMemory();
    /// An in-memory database with the content of a database file.
    static Result<Database> fromBytes(ByteView file);

    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    ~Database();

    /// A statement without parameters and without rows of interest.
    Result<void> execute(const std::string& sql);
    /// Prepared once and kept. `sql` has static storage.
    Result<Query> query(const char* sql);
    /// The first column of the first row as a number; NotFound without a row.
    Result<std::int64_t> number(const char* sql);
    /// Rows changed by the last INSERT, UPDATE or DELETE.
    [[nodiscard]] int changes() const;
    /// An in-memory copy of the committed content.
    Result<Database> copyToMemory();
    /// Folds the write-ahead log in and empties it. Busy while another connection reads from it. A connection for writing does so only
    /// when it is told to, not by itself.
    Result<void> checkpoint();
    /// Whether closing the last connection leaves the write-ahead log as it is; otherwise it is folded in and deleted.
    void keepLogOnClose(bool keep);
    /// The database file through SQLite's own descriptor: closing another one would drop the process's locks on the file
    /// (POSIX advisory locks belong to the process). Not valid beyond the database; truncate is refused.
    Result<std::unique_ptr<DiskFile>> file();
    /// PRAGMA quick_check or integrity_check; Corruption with the first complaint.
    Result<void> checkIntegrity(bool whole);

private:
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const;
    };

    explicit Database(sqlite3* handle) : m_handle(handle) {}
    static Result<Database> openUri(const std::string& name, int flags);
    Result<void> harden();
    void close() noexcept;

    sqlite3* m_handle = nullptr;
    std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalizer>> m_statements;
};

/// Rolls back when it dies without commit().
class Transaction {
public:
    static Result<Transaction> begin(Database& database, bool writing);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Result<void> commit();

private:
    explicit Transaction(Database& database) : m_database(&database) {}
    Database* m_database = nullptr;
};

} // namespace carma::catalog
