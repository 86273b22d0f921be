// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/text_check.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace carma::ingest {

/// "Garden > Beds": the headings above a place.
class HeadingPath {
public:
    explicit HeadingPath(std::size_t bytesMax) : m_bytesMax(bytesMax) {}

    void enter(int level, std::string heading)
    {
        while (!m_path.empty() && m_path.back().first >= level) {
            m_path.pop_back();
        }
        m_path.emplace_back(level, std::move(heading));
    }
    void clear() { m_path.clear(); }
    [[nodiscard]] std::string text() const
    {
        std::string joined;
        for (const auto& [level, heading] : m_path) {
            joined += joined.empty() || heading.empty() ? "" : " > ";
            joined += heading;
        }
        return std::string(clipped(joined, m_bytesMax));
    }

private:
    std::size_t m_bytesMax;
    std::vector<std::pair<int, std::string>> m_path;
};

} // namespace carma::ingest
