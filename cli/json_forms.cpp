// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json_forms.h"

#include <cmath>

namespace carma::cli {

double rounded(float value) { return std::round(static_cast<double>(value) * 1e6) / 1e6; }

Json toJson(const DocumentSummary& document)
{
    return Json{
        {"id", toString(document.id)},
        {"namespace", document.space},
        {"path", document.path},
        {"title", document.title},
        {"media_type", document.mediaType},
        {"external_id", document.externalId},
        {"tags", document.tags},
        {"bytes", document.bytes},
        {"created_us", document.createdUs},
        {"modified_us", document.modifiedUs},
        {"passages", document.passages},
        {"placeholders", document.placeholders},
        {"current", document.current},
        {"state", name(document.state)},
    };
}

Json toJson(const FragmentView& fragment)
{
    return Json{
        {"id", toString(fragment.id)},
        {"document", toString(fragment.document.id)},
        {"parent", toString(fragment.parent)},
        {"path", fragment.document.path},
        {"place", fragment.place},
        {"text", fragment.text},
        {"state", name(fragment.state)},
        {"title", fragment.document.title},
        {"namespace", fragment.document.space},
        {"level", name(fragment.level)},
        {"offset", fragment.offset},
        {"bytes", fragment.bytes},
        {"time_us", fragment.timeUs},
        {"sequence", fragment.sequence == kNoSequence ? Json(nullptr) : Json(fragment.sequence)},
        {"missing_passages", fragment.missingPassages},
        {"tags", fragment.document.tags},
        {"external_id", fragment.document.externalId},
        {"media_type", fragment.document.mediaType},
    };
}

Json toJson(const std::vector<ScoreTerm>& terms)
{
    Json list = Json::array();
    for (const ScoreTerm& term : terms) {
        list.push_back(Json{{"name", term.name}, {"raw", rounded(term.raw)}, {"added", rounded(term.added)}});
        if (!term.parts.empty()) {
            list.back()["parts"] = toJson(term.parts);
        }
    }
    return list;
}

Json toJson(const QueryHit& hit, bool explain, bool context)
{
    Json object = toJson(hit.fragment);
    object["score"] = rounded(hit.score);
    if (hit.hypothesis) { // never in "text": a guess is not what the store remembers
        object["hypothesis"] = Json{
            {"text", hit.hypothesis->text}, {"confidence", rounded(hit.hypothesis->confidence)}, {"proven", hit.hypothesis->isProven}};
    }
    if (explain) {
        object["terms"] = toJson(hit.terms);
    }
    if (context) {
        for (const auto& [key, list] : {std::pair{"before", &hit.before}, std::pair{"after", &hit.after}}) {
            object[key] = Json::array();
            for (const FragmentView& neighbour : *list) {
                object[key].push_back(toJson(neighbour));
            }
        }
    }
    return object;
}

Json toJson(const DocumentTree& tree)
{
    Json nodes = Json::array();
    for (const TreeNode& node : tree.nodes) {
        nodes.push_back(Json{
            {"id", toString(node.id)},
            {"level", name(node.level)},
            {"parent", node.parent},
            {"order", node.order},
            {"offset", node.offset},
            {"bytes", node.bytes},
            {"title", node.title},
            {"time_us", node.timeUs},
            {"state", name(node.state)},
        });
    }
    return Json{{"document", toJson(tree.document)}, {"nodes", std::move(nodes)}};
}

Json toJson(const Fault& fault)
{
    return Json{
        {"kind", name(fault.kind)},
        {"outcome", name(fault.outcome)},
        {"file", fault.file},
        {"sector", fault.sector},
        {"flipped_bits", fault.flippedBits},
        {"seen_us", fault.seenUs},
    };
}

Json toJson(const LostItem& item)
{
    return Json{
        {"id", toString(item.id)},
        {"document", toString(item.document)},
        {"what", item.what},
        {"path", item.path},
        {"title", item.title},
        {"namespace", item.space},
    };
}

Json toJson(const std::vector<FileProblem>& problems)
{
    Json list = Json::array();
    for (const FileProblem& problem : problems) {
        list.push_back(Json{{"path", problem.path}, {"reason", problem.reason}});
    }
    return list;
}

void appendDamage(Json& object, const DamageReport& damage)
{
    object["damaged"] = damage.faultsCount;
    object["flipped_bits"] = damage.flippedBits;
    object["lost_records"] = damage.lostRecords;
    object["lost"] = Json::array();
    for (const LostItem& item : damage.lost) {
        object["lost"].push_back(toJson(item));
    }
    object["faults"] = Json::array();
    for (const Fault& fault : damage.faults) {
        object["faults"].push_back(toJson(fault));
    }
    object["sectors_checked"] = damage.sectorsChecked;
    object["bytes_read"] = damage.bytesRead;
    object["took_us"] = damage.tookUs;
    object["cancelled"] = damage.cancelled;
}

} // namespace carma::cli
