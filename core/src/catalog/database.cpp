// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/database.h"

#include "catalog/catalog.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <sqlite3.h>
#include <utility>

namespace carma::catalog {

namespace {

/// A document's sealed row is far below this: 1 KiB of names, and 8 bytes for each piece of its original.
constexpr int kValueBytesMax = 64 << 20;
/// Another process holds the database only for the moment of a checkpoint or a recovery.
constexpr int kBusyMilliseconds = 10'000;
/// In-memory copies may grow as far as memory goes; SQLite's own bound is 1 GiB.
constexpr sqlite3_int64 kMemoryBytesMax = sqlite3_int64{1} << 40;
/// Journal modes in the file's head: 1 is a rollback journal, 2 the write-ahead log, which memory cannot have.
constexpr std::size_t kHeadWriteVersion = 18;
constexpr std::size_t kHeadReadVersion = 19;
constexpr std::size_t kHeadBytes = 100;

ErrorCode codeOf(int extended)
{
    if (extended == SQLITE_IOERR_SHORT_READ || extended == SQLITE_IOERR_CORRUPTFS) {
        return ErrorCode::Corruption;
    }
    switch (extended & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
    case SQLITE_ERROR: return ErrorCode::Corruption; // our statements are fixed: it is the schema that differs
    case SQLITE_FULL: return ErrorCode::NoSpace;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::Busy;
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM: return ErrorCode::LimitExceeded;
    case SQLITE_MISUSE:
    case SQLITE_RANGE: return ErrorCode::Internal;
    default: return ErrorCode::Io;
    }
}

Error errorOf(sqlite3* handle, int code)
{
    const char* text = handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
    return {codeOf(code), "the catalog: " + std::string(text == nullptr ? "unknown error" : text)};
}

/// SQLite's own view of the main file.
class MainFile final : public DiskFile {
public:
    explicit MainFile(sqlite3_file* file) : m_file(file) {}

    Result<std::size_t> readAt(std::uint64_t offset, ByteSpan out) override
    {
        CARMA_TRY_ASSIGN(const std::uint64_t whole, size());
        const std::uint64_t left = offset < whole ? whole - offset : 0;
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left));
        CARMA_TRY(check(m_file->pMethods->xRead(m_file, out.data(), static_cast<int>(wanted), static_cast<sqlite3_int64>(offset))));
        return wanted;
    }
    Result<void> writeAt(std::uint64_t offset, ByteView data) override
    {
        return check(m_file->pMethods->xWrite(m_file, data.data(), static_cast<int>(data.size()), static_cast<sqlite3_int64>(offset)));
    }
    Result<void> sync() override { return check(m_file->pMethods->xSync(m_file, SQLITE_SYNC_NORMAL)); }
    Result<void> truncate(std::uint64_t) override { return {ErrorCode::InvalidArgument, "SQLite alone sets the size of its file"}; }
    Result<std::uint64_t> size() override
    {
        sqlite3_int64 bytes = 0;
        CARMA_TRY(check(m_file->pMethods->xFileSize(m_file, &bytes)));
        return static_cast<std::uint64_t>(bytes);
    }

private:
    static Result<void> check(int code) { return code == SQLITE_OK ? Result<void>() : errorOf(nullptr, code); }

    sqlite3_file* m_file;
};

std::string uriOf(const std::string& path)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string uri = "file:";
    if (path.starts_with("//")) {
        uri += "//"; // otherwise the first part would be taken for a host
    }
    for (const char c : path) {
        if (c == '?' || c == '#' || c == '%') {
            uri += '%';
            uri += kDigits[static_cast<unsigned char>(c) >> 4U];
            uri += kDigits[static_cast<unsigned char>(c) & 15U];
        } else {
            uri += c;
        }
    }
    return uri;
}

} // namespace

Query::Query(Query&& other) noexcept
    : m_database(other.m_database), m_statement(std::exchange(other.m_statement, nullptr)), m_next(other.m_next), m_failed(other.m_failed)
{
}

Query::~Query()
{
    if (m_statement != nullptr) {
        sqlite3_reset(m_statement);
        sqlite3_clear_bindings(m_statement);
    }
}

void Query::check(int code)
{
    ++m_next;
    if (code != SQLITE_OK && m_failed == SQLITE_OK) {
        m_failed = code;
    }
}

Query& Query::add(std::int64_t value)
{
    check(sqlite3_bind_int64(m_statement, m_next, value));
    return *this;
}

Query& Query::add(ByteView blob)
{
    // A null pointer would bind NULL; an empty blob is a value.
    const void* data = blob.data() == nullptr ? static_cast<const void*>("") : blob.data();
    check(sqlite3_bind_blob64(m_statement, m_next, data, blob.size(), SQLITE_STATIC));
    return *this;
}

Query& Query::addText(std::string_view text)
{
    check(sqlite3_bind_text64(m_statement, m_next, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Query& Query::addNull()
{
    check(sqlite3_bind_null(m_statement, m_next));
    return *this;
}

Result<bool> Query::step()
{
    if (m_failed != SQLITE_OK) {
        return errorOf(m_database, m_failed);
    }
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        return code == SQLITE_ROW;
    }
    return errorOf(m_database, code);
}

Result<void> Query::run()
{
    CARMA_TRY(step());
    restart();
    return {};
}

void Query::restart()
{
    sqlite3_reset(m_statement);
    m_next = 1;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(m_statement, column); }

ByteView Query::blob(int column) const
{
    const void* data = sqlite3_column_blob(m_statement, column);
    const int size = sqlite3_column_bytes(m_statement, column);
    return {static_cast<const std::byte*>(data), data == nullptr ? 0 : static_cast<std::size_t>(size)};
}

bool Query::isNull(int column) const { return sqlite3_column_type(m_statement, column) == SQLITE_NULL; }
bool Query::isBlob(int column) const { return sqlite3_column_type(m_statement, column) == SQLITE_BLOB; }

void Database::Finalizer::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Database::Database(Database&& other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr)), m_statements(std::move(other.m_statements))
{
}

Database& Database::operator=(Database&& other) noexcept
{
    if (this != &other) {
        close();
        m_handle = std::exchange(other.m_handle, nullptr);
        m_statements = std::move(other.m_statements);
    }
    return *this;
}

Database::~Database() { close(); }

void Database::close() noexcept
{
    m_statements.clear();
    sqlite3_close_v2(m_handle);
    m_handle = nullptr;
}

Result<Database> Database::openUri(const std::string& name, int flags)
{
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database(handle);
    if (code != SQLITE_OK) {
        return errorOf(handle, code);
    }
    CARMA_TRY(database.harden());
    return database;
}

Result<void> Database::harden()
{
    sqlite3_busy_timeout(m_handle, kBusyMilliseconds);
    for (const auto& [option, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1}, {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
             {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0}, {SQLITE_DBCONFIG_ENABLE_FKEY, 0}}) {
        sqlite3_db_config(m_handle, option, value, nullptr);
    }
    sqlite3_limit(m_handle, SQLITE_LIMIT_LENGTH, kValueBytesMax);
    sqlite3_limit(m_handle, SQLITE_LIMIT_ATTACHED, 0);
    return execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;"
                   "PRAGMA cache_size=-16384");
}

Result<Database> Database::open(const std::string& path, Access access)
{
    const std::string uri = uriOf(path);
    if (access == Access::Immutable) {
        return openUri(uri + "?immutable=1", SQLITE_OPEN_READONLY);
    }
    if (access == Access::Read) {
        return openUri(uri, SQLITE_OPEN_READONLY);
    }
    CARMA_TRY_ASSIGN(Database database, openUri(uri, SQLITE_OPEN_READWRITE));
    CARMA_TRY(database.execute("PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                               "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=33554432"));
    database.keepLogOnClose(true);
    return database;
}

Result<Database> Database::inMemory() { return openUri(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE); }

Result<Database> Database::fromBytes(ByteView file)
{
    CARMA_TRY_ASSIGN(Database database, inMemory());
    auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(std::max<std::size_t>(file.size(), 1)));
    if (copy == nullptr) {
        return Error{ErrorCode::LimitExceeded, "not enough memory for a copy of the catalog"};
    }
    std::memcpy(copy, file.data(), file.size());
    if (file.size() >= kHeadBytes) {
        copy[kHeadWriteVersion] = 1;
        copy[kHeadReadVersion] = 1;
    }
    const auto size = static_cast<sqlite3_int64>(file.size());
    const int code = sqlite3_deserialize(
        database.m_handle, "main", copy, size, size, SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE);
    if (code != SQLITE_OK) { // SQLite has freed the copy
        return errorOf(database.m_handle, code);
    }
    sqlite3_int64 limit = kMemoryBytesMax;
    sqlite3_file_control(database.m_handle, "main", SQLITE_FCNTL_SIZE_LIMIT, &limit);
    return database;
}

Result<void> Database::execute(const std::string& sql)
{
    const int code = sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Result<void>() : errorOf(m_handle, code);
}

Result<Query> Database::query(const char* sql)
{
    auto& statement = m_statements[sql];
    if (!statement) {
        sqlite3_stmt* prepared = nullptr;
        const int code = sqlite3_prepare_v3(m_handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
        if (code != SQLITE_OK) {
            return errorOf(m_handle, code);
        }
        statement.reset(prepared);
    }
    return Query(m_handle, statement.get());
}

Result<std::int64_t> Database::number(const char* sql)
{
    CARMA_TRY_ASSIGN(Query rows, query(sql));
    CARMA_TRY_ASSIGN(const bool found, rows.step());
    if (!found) {
        return Error{ErrorCode::NotFound, "the catalog: no such value"};
    }
    return rows.integer(0);
}

int Database::changes() const { return sqlite3_changes(m_handle); }

Result<Database> Database::copyToMemory()
{
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, void (*)(void*)> bytes(sqlite3_serialize(m_handle, "main", &size, 0), sqlite3_free);
    if (!bytes) {
        const int code = sqlite3_extended_errcode(m_handle);
        return errorOf(m_handle, code == SQLITE_OK ? SQLITE_NOMEM : code);
    }
    return fromBytes(std::as_bytes(std::span(bytes.get(), static_cast<std::size_t>(size))));
}

Result<void> Database::checkpoint()
{
    CARMA_TRY_ASSIGN(Query rows, query("PRAGMA wal_checkpoint(TRUNCATE)"));
    CARMA_TRY_ASSIGN(const bool found, rows.step());
    if (!found || rows.integer(0) != 0) {
        return Error{ErrorCode::Busy, "the catalog: another process is reading from it"};
    }
    return {};
}

void Database::keepLogOnClose(bool keep) { sqlite3_db_config(m_handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr); }

Result<std::unique_ptr<DiskFile>> Database::file()
{
    sqlite3_file* file = nullptr;
    const int code = sqlite3_file_control(m_handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK || file == nullptr || file->pMethods == nullptr) {
        return Error{ErrorCode::Io, "the catalog: its file is not open"};
    }
    return std::unique_ptr<DiskFile>(std::make_unique<MainFile>(file));
}

Result<void> Database::checkIntegrity(bool whole)
{
    CARMA_TRY_ASSIGN(Query rows, query(whole ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)"));
    CARMA_TRY_ASSIGN(const bool found, rows.step());
    if (!found || rows.text(0) != "ok") {
        return Error{ErrorCode::Corruption, "the catalog: " + (found ? rows.text(0) : std::string("no answer to a check"))};
    }
    return {};
}

Transaction::Transaction(Transaction&& other) noexcept : m_database(std::exchange(other.m_database, nullptr)) {}

Transaction::~Transaction()
{
    if (m_database != nullptr) {
        (void)m_database->execute("ROLLBACK"); // after some errors SQLite has rolled back itself
    }
}

Result<Transaction> Transaction::begin(Database& database, bool writing)
{
    CARMA_TRY_ASSIGN(Query begin, database.query(writing ? "BEGIN IMMEDIATE" : "BEGIN"));
    CARMA_TRY(begin.run());
    return Transaction(database);
}

Result<void> Transaction::commit()
{
    CARMA_TRY_ASSIGN(Query commit, m_database->query("COMMIT"));
    CARMA_TRY(commit.run());
    m_database = nullptr;
    return {};
}

std::string sqliteVersion()
{
    constexpr int kWalResetFixed = 3'051'003;
    std::string text = std::string("SQLite ") + sqlite3_libversion();
    if (sqlite3_libversion_number() < kWalResetFixed) {
        text += " (before 3.51.3: two checkpoints at once may damage the file; there is one writer here, which rules it out)";
    }
    return text;
}

} // namespace carma::catalog
