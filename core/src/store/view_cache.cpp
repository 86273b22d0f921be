// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/view_cache.h"

#include <utility>

namespace carma::store {

namespace {

/// About what a view takes; the nodes of the table and small strings are in the constant.
std::size_t bytesOf(const FragmentView& view)
{
    constexpr std::size_t kNodeBytes = sizeof(FragmentView) + 128;
    std::size_t bytes = kNodeBytes + view.text.size() + view.place.size() + view.document.path.size() + view.document.title.size();
    for (const std::string& tag : view.document.tags) {
        bytes += sizeof tag + tag.size();
    }
    return bytes;
}

} // namespace

/// Marks are compared for equality only: those of another connection to the catalog may be smaller.
void ViewCache::turnTo(std::uint64_t edits)
{
    if (m_edits != edits) {
        m_young.clear();
        m_old.clear();
        m_youngBytes = 0;
        m_oldBytes = 0;
        m_edits = edits;
    }
}

std::shared_ptr<const FragmentView> ViewCache::find(const FragmentId& id, std::uint64_t edits)
{
    const std::lock_guard guard(m_mutex);
    turnTo(edits);
    if (const auto found = m_young.find(id); found != m_young.end()) {
        return found->second;
    }
    const auto found = m_old.find(id);
    if (found == m_old.end()) {
        return nullptr;
    }
    auto view = found->second;
    insert(view);
    return view;
}

void ViewCache::keep(std::shared_ptr<const FragmentView> view, std::uint64_t edits)
{
    const std::lock_guard guard(m_mutex);
    if (m_edits == edits) {
        insert(std::move(view));
    }
}

void ViewCache::insert(std::shared_ptr<const FragmentView> view)
{
    const std::size_t bytes = bytesOf(*view);
    if (bytes > m_bytesMax) {
        return;
    }
    if (m_youngBytes + bytes > m_bytesMax) {
        m_old = std::exchange(m_young, {});
        m_oldBytes = std::exchange(m_youngBytes, 0);
    }
    const FragmentId id = view->id;
    if (m_young.emplace(id, std::move(view)).second) {
        m_youngBytes += bytes;
    }
}

void ViewCache::clear()
{
    const std::lock_guard guard(m_mutex);
    turnTo(m_edits + 1);
}

std::size_t ViewCache::memoryBytes() const
{
    const std::lock_guard guard(m_mutex);
    return m_youngBytes + m_oldBytes;
}

} // namespace carma::store
