// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/extracted.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

/// Parsers of formats that can be hostile run as a program of their own, carma-parse. It gets a file's bytes over a
/// pipe and answers over another; it inherits no other descriptor, and limits itself before it reads a byte (see
/// ingest/program). Whatever happens to it, the file at hand fails with one sentence and the next one gets a new process.
namespace carma::ingest {

struct ParserLimits {
    std::int64_t wallMs = 60'000;             ///< for one file; then the process is killed
    std::int64_t cpuMs = 20'000;              ///< for one file
    std::uint64_t addressBytes = 1ULL << 30U; ///< address space of the process
};

/// Where carma-parse is: $CARMA_PARSER, beside the running program, in ../libexec/carma of it. Empty if nowhere.
std::string findParserProgram();

/// Processes that are started when needed and used again until they fail or have served kFilesMax files. Thread-safe:
/// each call has a process of its own while it lasts.
class ParserPool final : public Extractor {
public:
    /// `program` may be empty: then every call is refused with that reason.
    explicit ParserPool(std::string program, const ParserLimits& limits = {});
    ~ParserPool() override;
    ParserPool(const ParserPool&) = delete;
    ParserPool& operator=(const ParserPool&) = delete;

    Result<Extracted> extract(const ParserInput& input) override;

    static constexpr int kFilesMax = 200; ///< a process that leaks a little does not grow without end

private:
    class Process;

    std::unique_ptr<Process> take();

    const std::string m_program;
    const ParserLimits m_limits;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Process>> m_idle; ///< guarded by m_mutex
};

} // namespace carma::ingest
