// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz/fuzz_input.h"
#include "query/language/query_language.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) { return 0; }

/// Any bytes are a query or a mistake with a column.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace carma;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = query::parseQuery(text, 1'700'000'000'000'000);
    if (parsed.has_value()) {
        CARMA_ASSERT(parsed->text.size() <= text.size());
        CARMA_ASSERT(!parsed->text.empty() || !parsed->prefixes.empty());
        for (const query::FieldCondition& field : parsed->fields) {
            CARMA_ASSERT(!field.value.empty());
        }
    } else {
        CARMA_ASSERT(parsed.error().code == ErrorCode::InvalidArgument && parsed.error().message.find("(column ") != std::string::npos);
    }
    return 0;
}
