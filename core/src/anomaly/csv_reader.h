// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/anomaly.h>

#include <string>
#include <string_view>
#include <vector>

namespace carma::anomaly {

/// Rows of a CSV file (RFC 4180; lines may end in LF alone), from bytes that nobody vouches for. Holds one row at a time.
class CsvReader {
public:
    static constexpr std::size_t kRowBytesMax = 64U << 10U; ///< far above any row of numbers
    static constexpr std::size_t kColumnsMax = 256;

    explicit CsvReader(const ReplayRead& read) : m_read(read), m_buffer(kChunk) {}

    /// Reads the next row into fields(); false at the end. Empty lines are left out. LimitExceeded and InvalidArgument name the line.
    Result<bool> next();
    [[nodiscard]] const std::vector<std::string>& fields() const { return m_fields; }
    [[nodiscard]] std::uint64_t line() const { return m_rowLine; } ///< that the row begins in, from 1

private:
    static constexpr std::size_t kChunk = 64U << 10U;

    Result<int> get(); ///< the next byte; -1 at the end
    Result<void> put(char byte);
    Result<bool> readRow();
    Result<void> readQuoted();
    Result<void> endField();

    const ReplayRead& m_read;
    std::vector<char> m_buffer;
    std::size_t m_at = 0, m_end = 0;
    bool m_over = false;
    std::vector<std::string> m_fields;
    std::size_t m_count = 0; ///< of fields that are whole
    std::size_t m_rowBytes = 0;
    std::uint64_t m_line = 1, m_rowLine = 1;
};

} // namespace carma::anomaly
