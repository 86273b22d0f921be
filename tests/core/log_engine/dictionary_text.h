// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/record/record.h"

#include <string>
#include <string_view>
#include <vector>

namespace carma::test {

/// A dictionary of texts that share words with `topic`.
inline Result<Bytes> trainOn(std::string_view topic)
{
    std::vector<std::string> texts;
    for (int i = 0; i < 400; ++i) {
        std::string text;
        for (int word = 0; word < 30; ++word) {
            text += std::string(topic) + " keeps the ledger of day " + std::to_string((i * 7 + word * 13) % 40) + " and ";
        }
        texts.push_back(std::move(text));
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    return log::trainDictionary(views);
}

} // namespace carma::test
