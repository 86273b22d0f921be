// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"

#include <QString>
#include <QTemporaryDir>
#include <string>

/// A folder with a catalog, and verbs to fill it, damage it and look at it.
namespace carma::test {

FragmentId fragmentId(std::uint64_t number);
NamespaceId namespaceId(std::uint8_t number);
crypto::Digest digestOf(std::uint8_t number);

catalog::NamespaceRow makeNamespace(std::uint8_t number, std::string name);
catalog::DocumentRow makeDocument(std::uint64_t number, std::uint8_t space, Sequence sequence, std::string path);
catalog::FragmentRow makeFragment(std::uint64_t document, std::uint32_t number, std::uint8_t space, Sequence sequence);

/// `documents` documents of `fragments` fragments each, sequences from 0, all in namespace 1.
catalog::Batch makeBatch(std::uint64_t documents, std::uint32_t fragments);

/// Everything the catalog says, one line a row.
QString dump(catalog::Catalog& catalog, const std::vector<std::uint8_t>& spaces);

class CatalogFolder {
public:
    explicit CatalogFolder(const std::string& name = {});

    [[nodiscard]] std::string path() const { return m_path; }
    [[nodiscard]] std::string file(const char* name) const { return m_path + "/" + name; }
    [[nodiscard]] static StoreId store();
    [[nodiscard]] static catalog::CatalogKeys keys(std::uint8_t seed = 1);
    [[nodiscard]] Result<catalog::OpenedCatalog> open(bool readOnly = false, Sequence logEnd = 1'000'000) const;
    [[nodiscard]] catalog::CatalogCheck check() const { return catalog::checkCatalog(m_path, store()); }

    /// A catalog with one namespace and `batch`, settled and closed.
    void build(const catalog::Batch& batch) const;
    [[nodiscard]] Bytes read(const char* name) const;
    void write(const char* name, ByteView bytes) const;
    void flipBit(const char* name, std::uint64_t bit) const;
    void remove(const char* name) const;
    [[nodiscard]] bool has(const char* name) const;
    /// Copies the files as they are to another folder, as after a power cut.
    void copyTo(const CatalogFolder& other) const;
    /// Whether any file of the folder holds `needle`.
    [[nodiscard]] bool holds(ByteView needle) const;

private:
    QTemporaryDir m_folder;
    std::string m_path;
};

} // namespace carma::test
