// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/sim_tree.h"

#include "disk/path.h"

#include <algorithm>

namespace carma::disk {

SimTree::SimTree() : m_root(std::make_shared<SimNode>()) { m_root->isFolder = true; }

/// Live and durable names together may form a ring of folders, which would keep itself alive.
SimTree::~SimTree()
{
    std::vector<SimNodePtr> waiting{m_root};
    for (const Operation& operation : m_unsynced) {
        waiting.push_back(operation.fromFolder);
        waiting.push_back(operation.toFolder);
        waiting.push_back(operation.node);
    }
    while (!waiting.empty()) {
        const SimNodePtr node = std::move(waiting.back());
        waiting.pop_back();
        if (node == nullptr) {
            continue;
        }
        for (auto* children : {&node->liveChildren, &node->durableChildren}) {
            for (auto& [name, child] : *children) {
                waiting.push_back(std::move(child));
            }
            children->clear();
        }
    }
}

SimNodePtr SimTree::find(std::string_view path) const
{
    SimNodePtr node = m_root;
    std::size_t at = 0;
    while (at < path.size()) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const auto child = node->liveChildren.find(path.substr(at, end - at));
        if (child == node->liveChildren.end()) {
            return nullptr; // a file has no children
        }
        node = child->second;
        at = end + 1;
    }
    return node;
}

SimNodePtr SimTree::create(const SimNodePtr& folder, std::string_view name, bool isFolder)
{
    auto node = std::make_shared<SimNode>();
    node->isFolder = isFolder;
    folder->liveChildren.emplace(name, node);
    record({nullptr, {}, folder, std::string(name), node, true, false});
    return node;
}

Result<void> SimTree::makeFolder(const std::string& path)
{
    SimNodePtr node = m_root;
    std::size_t at = 0;
    while (at < path.size()) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string name = path.substr(at, end - at);
        const auto child = node->liveChildren.find(name);
        node = child != node->liveChildren.end() ? child->second : create(node, name, true);
        if (!node->isFolder) {
            return {ErrorCode::AlreadyExists, "cannot make folder " + path.substr(0, end) + ": it is there and is not a folder"};
        }
        at = end + 1;
    }
    return {};
}

Result<void> SimTree::rename(const std::string& from, const std::string& to)
{
    const SimNodePtr node = find(from);
    const SimNodePtr fromFolder = find(folderOf(from));
    const SimNodePtr toFolder = find(folderOf(to));
    if (node == nullptr || toFolder == nullptr || !toFolder->isFolder) {
        return {ErrorCode::NotFound, "cannot rename " + from + " to " + to + ": No such file or directory"};
    }
    if (node->isFolder && (to + "/").starts_with(from + "/") && to != from) {
        return {ErrorCode::Io, "cannot rename " + from + " to " + to + ": a folder cannot move into itself"};
    }
    const SimNodePtr replaced = find(to);
    if (replaced == node) {
        return {};
    }
    if (replaced != nullptr && (replaced->isFolder || node->isFolder)) {
        return {ErrorCode::Io, "cannot rename " + from + " to " + to + ": a folder is not replaced"};
    }
    fromFolder->liveChildren.erase(std::string(lastPart(from)));
    toFolder->liveChildren.insert_or_assign(std::string(lastPart(to)), node);
    record({fromFolder, std::string(lastPart(from)), toFolder, std::string(lastPart(to)), node, false, false});
    return {};
}

Result<void> SimTree::remove(const std::string& path, bool isFolder)
{
    const SimNodePtr node = find(path);
    if (node == nullptr) {
        return {ErrorCode::NotFound, "cannot remove " + path + ": No such file or directory"};
    }
    if (node->isFolder != isFolder) {
        return {isFolder ? ErrorCode::NotFound : ErrorCode::Io,
            "cannot remove " + path + (isFolder ? ": Not a directory" : ": Is a directory")};
    }
    if (!node->liveChildren.empty()) {
        return {ErrorCode::Io, "cannot remove folder " + path + ": Directory not empty"};
    }
    const SimNodePtr folder = find(folderOf(path));
    folder->liveChildren.erase(std::string(lastPart(path)));
    record({folder, std::string(lastPart(path)), nullptr, {}, node, false, true});
    return {};
}

void SimTree::record(Operation operation) { m_unsynced.push_back(std::move(operation)); }

void SimTree::apply(const Operation& operation)
{
    if (operation.fromFolder != nullptr) {
        auto& children = operation.fromFolder->durableChildren;
        const auto entry = children.find(operation.from);
        if (entry != children.end() && entry->second == operation.node) {
            children.erase(entry);
        }
    }
    if (operation.toFolder != nullptr) {
        operation.toFolder->durableChildren.insert_or_assign(operation.to, operation.node);
    }
}

void SimTree::syncFolder(const SimNodePtr& folder)
{
    for (Operation& operation : m_unsynced) {
        operation.fromSynced = operation.fromSynced || operation.fromFolder == folder;
        operation.toSynced = operation.toSynced || operation.toFolder == folder;
    }
    commitWhatOthersNeed();
    const auto firstOpen = std::find_if(m_unsynced.begin(), m_unsynced.end(), [](const Operation& each) { return !each.committed(); });
    std::for_each(m_unsynced.begin(), firstOpen, &SimTree::apply);
    m_unsynced.erase(m_unsynced.begin(), firstOpen);
}

/// Backwards, because what is durable makes durable what it stands on: earlier operations on the same names, the
/// existence of the folder that something was moved into, and everything done in a folder that was then removed.
void SimTree::commitWhatOthersNeed()
{
    std::set<std::pair<const SimNode*, std::string>> names;
    std::set<const SimNode*> neededFolders;
    std::set<const SimNode*> closedFolders;
    for (auto it = m_unsynced.rbegin(); it != m_unsynced.rend(); ++it) {
        Operation& each = *it;
        const bool needed = names.contains({each.fromFolder.get(), each.from}) || names.contains({each.toFolder.get(), each.to}) ||
            neededFolders.contains(each.node.get()) || closedFolders.contains(each.fromFolder.get()) ||
            closedFolders.contains(each.toFolder.get());
        if (needed) {
            each.fromSynced = true;
            each.toSynced = true;
        }
        if (!each.committed()) {
            continue;
        }
        if (each.fromFolder != nullptr) {
            names.emplace(each.fromFolder.get(), each.from);
        }
        if (each.toFolder != nullptr) {
            names.emplace(each.toFolder.get(), each.to);
            if (each.fromFolder != nullptr || neededFolders.contains(each.node.get())) {
                neededFolders.insert(each.toFolder.get());
            }
        } else if (each.node->isFolder) {
            closedFolders.insert(each.node.get());
        }
    }
}

void SimTree::settle()
{
    std::for_each(m_unsynced.begin(), m_unsynced.end(), &SimTree::apply);
    m_unsynced.clear();
}

/// Forwards: what stands on a lost operation is lost with it. See commitWhatOthersNeed for what stands on what.
void SimTree::dropUncommitted(SplitMix& random, SimCrash how)
{
    std::set<std::pair<const SimNode*, std::string>> lostNames;
    std::set<const SimNode*> lostNodes;
    std::set<const SimNode*> foldersWithLosses;
    const std::uint64_t outcome = how == SimCrash::Seeded ? random.below(4) : 0;
    for (const Operation& each : m_unsynced) {
        const bool isMove = each.fromFolder != nullptr && each.toFolder != nullptr;
        const bool inLostFolder = each.toFolder != nullptr && lostNodes.contains(each.toFolder.get());
        const bool standsOnLost = lostNames.contains({each.fromFolder.get(), each.from}) ||
            lostNames.contains({each.toFolder.get(), each.to}) || (isMove && inLostFolder) ||
            (each.toFolder == nullptr && foldersWithLosses.contains(each.node.get()));
        const bool chosen = outcome == 1 || (outcome > 1 && random.coin());
        if (inLostFolder) {
            lostNodes.insert(each.node.get());
        }
        if (each.committed() || (chosen && !standsOnLost)) {
            apply(each);
            continue;
        }
        if (each.fromFolder != nullptr) {
            lostNames.emplace(each.fromFolder.get(), each.from);
            foldersWithLosses.insert(each.fromFolder.get());
        }
        if (each.toFolder != nullptr) {
            lostNames.emplace(each.toFolder.get(), each.to);
            lostNodes.insert(each.node.get());
            foldersWithLosses.insert(each.toFolder.get());
        }
    }
    m_unsynced.clear();
}

void SimTree::crash(SimCrash how, SplitMix& random)
{
    if (how == SimCrash::KeepUnsynced) {
        settle();
    } else {
        dropUncommitted(random, how);
    }
    std::vector<SimNodePtr> waiting{m_root};
    while (!waiting.empty()) {
        const SimNodePtr node = std::move(waiting.back());
        waiting.pop_back();
        node->liveChildren = node->durableChildren;
        for (const auto& [name, child] : node->durableChildren) {
            if (child->isFolder) {
                waiting.push_back(child);
            } else {
                child->crash(how, random);
            }
        }
    }
}

void SimTree::collect(const SimNodePtr& top, std::vector<std::pair<std::string, SimNodePtr>>& files, std::set<std::string>& folders,
    const std::string& prefix)
{
    if (!top->isFolder) {
        files.emplace_back(prefix, top);
        return;
    }
    for (const auto& [name, child] : top->liveChildren) {
        const std::string path = prefix.empty() ? name : prefix + "/" + name;
        if (child->isFolder) {
            folders.insert(path);
        }
        collect(child, files, folders, path);
    }
}

} // namespace carma::disk
