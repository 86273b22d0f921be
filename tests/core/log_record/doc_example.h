// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>

#include <QByteArray>
#include <fstream>
#include <string>

namespace carma::test {

/// The bytes of the `number`-th (from 0) hex block of a page of core/docs/format. Empty if there is none.
inline Bytes docExample(const std::string& page, std::size_t number = 0)
{
    std::ifstream file(std::string(CARMA_SOURCE_DIR) + "/core/docs/format/" + page);
    std::string line;
    bool inside = false;
    std::size_t blocks = 0;
    std::string hex;
    while (std::getline(file, line)) {
        if (line == "```hex") {
            inside = blocks++ == number;
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            hex += line.substr(0, line.find('#'));
        }
    }
    const QByteArray raw = QByteArray::fromHex(QByteArray::fromStdString(hex));
    return toBytes(std::string_view(raw.data(), static_cast<std::size_t>(raw.size())));
}

/// The bytes 0, 1, 2, ... 31, which the examples use as a key.
inline Bytes docKey()
{
    Bytes key(32);
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = static_cast<std::byte>(i);
    }
    return key;
}

} // namespace carma::test
