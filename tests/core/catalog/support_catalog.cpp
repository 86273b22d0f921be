// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support_catalog.h"

#include <QDir>
#include <QFile>
#include <algorithm>
#include <carma/assert.h>

namespace carma::test {

using namespace catalog;

FragmentId fragmentId(std::uint64_t number)
{
    FragmentId id;
    id.bytes[0] = 1;
    return id.plus(number * 1024);
}

NamespaceId namespaceId(std::uint8_t number)
{
    NamespaceId id;
    id.bytes[15] = number;
    return id;
}

crypto::Digest digestOf(std::uint8_t number)
{
    crypto::Digest digest{};
    digest.fill(std::byte{number});
    return digest;
}

NamespaceRow makeNamespace(std::uint8_t number, std::string name)
{
    NamespaceRow row;
    row.id = namespaceId(number);
    row.name = std::move(name);
    row.createdUs = 1'000 + number;
    return row;
}

DocumentRow makeDocument(std::uint64_t number, std::uint8_t space, Sequence sequence, std::string path)
{
    DocumentRow row;
    row.id = fragmentId(number);
    row.space = namespaceId(space);
    row.sequence = sequence;
    row.path = std::move(path);
    row.title = "Title " + std::to_string(number);
    row.mediaType = "text/markdown";
    row.tags = {"first tag", "second tag"};
    row.digest = digestOf(static_cast<std::uint8_t>(number % 250 + 1));
    row.originalBytes = 5'000 + number;
    row.createdUs = 77;
    row.modifiedUs = -5;
    return row;
}

FragmentRow makeFragment(std::uint64_t document, std::uint32_t number, std::uint8_t space, Sequence sequence)
{
    FragmentRow row;
    row.document = fragmentId(document);
    row.id = row.document.plus(100 + number);
    row.space = namespaceId(space);
    row.sequence = sequence;
    row.parent = row.document.plus(1 + number / 3);
    row.order = number % 3;
    row.number = number;
    row.offset = std::uint64_t{number} * 900;
    row.bytes = 900;
    row.timeUs = 1'700'000'000'000'000;
    return row;
}

Batch makeBatch(std::uint64_t documents, std::uint32_t fragments)
{
    Batch batch;
    batch.namespaces.push_back(makeNamespace(1, "first space"));
    Sequence sequence = 0;
    for (std::uint64_t d = 0; d < documents; ++d) {
        for (std::uint32_t f = 0; f < fragments; ++f) {
            batch.fragments.push_back(makeFragment(d, f, 1, sequence++));
        }
        batch.documents.push_back(makeDocument(d, 1, sequence++, "folder/file " + std::to_string(d)));
        batch.documents.back().fragments = fragments;
    }
    batch.appliedSequence = sequence;
    return batch;
}

namespace {

QString show(const DocumentRow& row)
{
    QString text = QString::fromStdString(toString(row.id) + " " + toString(row.space) + " " + row.path + "|" + row.title + "|" +
        row.mediaType + "|" + row.externalId + "|" + toHex(row.digest) + "|" + toString(row.replaces) + "|");
    for (const std::string& tag : row.tags) {
        text += QString::fromStdString(tag + ",");
    }
    for (const Sequence piece : row.pieces) {
        text += QString::number(piece) + ",";
    }
    return text +
        QString(" %1 %2 %3 %4 %5 %6 state %7 current %8")
            .arg(row.sequence)
            .arg(row.originalBytes)
            .arg(row.createdUs)
            .arg(row.modifiedUs)
            .arg(row.fragments)
            .arg(row.lost)
            .arg(static_cast<int>(row.state))
            .arg(static_cast<int>(row.current));
}

QString show(const FragmentRow& row)
{
    return QString::fromStdString(
               "  " + toString(row.id) + " " + toString(row.document) + " " + toString(row.space) + " " + toString(row.parent)) +
        QString(" %1 %2 %3 %4 %5 %6 state %7")
            .arg(row.sequence)
            .arg(row.order)
            .arg(row.number)
            .arg(row.offset)
            .arg(row.bytes)
            .arg(row.timeUs)
            .arg(static_cast<int>(row.state));
}

} // namespace

QString dump(Catalog& catalog, const std::vector<std::uint8_t>& spaces)
{
    QString text = QString("applied %1\n").arg(catalog.appliedSequence());
    const auto names = catalog.namespaces();
    const auto documents = catalog.documents({.space = {}, .oldVersions = true, .forgotten = true, .after = {}, .limit = 100'000});
    if (!names.has_value() || !documents.has_value()) {
        return "unreadable";
    }
    for (const NamespaceRow& row : *names) {
        text += QString::fromStdString(toString(row.id) + " " + row.name) +
            QString(" %1 %2 %3 %4\n").arg(row.createdUs).arg(row.documents).arg(row.fragments).arg(row.textBytes);
    }
    for (const DocumentRow& row : *documents) {
        text += show(row) + "\n";
        const auto fragments = catalog.fragmentsOf(row.id);
        if (!fragments.has_value()) {
            return "unreadable";
        }
        for (const FragmentRow& fragment : *fragments) {
            text += show(fragment) + "\n";
        }
    }
    for (const std::uint8_t space : spaces) {
        const auto fragments = catalog.fragments(namespaceId(space), 0, 1'000'000);
        text += QString("space %1: %2 current fragments\n").arg(space).arg(fragments.has_value() ? fragments->size() : 999'999'999);
    }
    return text;
}

CatalogFolder::CatalogFolder(const std::string& name) : m_path(m_folder.path().toStdString())
{
    if (!name.empty()) {
        m_path += "/" + name;
        CARMA_ASSERT(QDir().mkpath(QString::fromStdString(m_path)));
    }
}

StoreId CatalogFolder::store()
{
    StoreId id;
    id.bytes.fill(7);
    return id;
}

CatalogKeys CatalogFolder::keys(std::uint8_t seed)
{
    CatalogKeys keys{SecretBytes(32), SecretBytes(32)};
    std::ranges::fill(keys.seal.span(), std::byte{seed});
    std::ranges::fill(keys.index.span(), std::byte{static_cast<std::uint8_t>(seed + 100)});
    return keys;
}

Result<OpenedCatalog> CatalogFolder::open(bool readOnly, Sequence logEnd) const
{
    return openCatalog(m_path, store(), logEnd, keys(), readOnly);
}

void CatalogFolder::build(const Batch& batch) const
{
    auto opened = open();
    CARMA_ASSERT(opened.has_value() && opened->catalog->apply(batch).has_value() && opened->catalog->settle().has_value());
}

Bytes CatalogFolder::read(const char* name) const
{
    QFile in(QString::fromStdString(file(name)));
    CARMA_ASSERT(in.open(QIODevice::ReadOnly));
    const QByteArray bytes = in.readAll();
    return toBytes(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

void CatalogFolder::write(const char* name, ByteView bytes) const
{
    QFile out(QString::fromStdString(file(name)));
    CARMA_ASSERT(out.open(QIODevice::WriteOnly | QIODevice::Truncate));
    const auto size = static_cast<qint64>(bytes.size());
    CARMA_ASSERT(out.write(reinterpret_cast<const char*>(bytes.data()), size) == size);
}

void CatalogFolder::flipBit(const char* name, std::uint64_t bit) const
{
    QFile out(QString::fromStdString(file(name)));
    char byte = 0;
    const auto at = static_cast<qint64>(bit / 8);
    CARMA_ASSERT(out.open(QIODevice::ReadWrite) && out.seek(at) && out.read(&byte, 1) == 1);
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
    CARMA_ASSERT(out.seek(at) && out.write(&byte, 1) == 1);
}

void CatalogFolder::remove(const char* name) const { QFile::remove(QString::fromStdString(file(name))); }
bool CatalogFolder::has(const char* name) const { return QFile::exists(QString::fromStdString(file(name))); }

void CatalogFolder::copyTo(const CatalogFolder& other) const
{
    const QDir folder(QString::fromStdString(m_path));
    for (const QString& name : folder.entryList(QDir::Files)) {
        if (!name.endsWith("-shm")) { // shared memory does not outlive the machine
            other.write(name.toUtf8().constData(), read(name.toUtf8().constData()));
        }
    }
}

bool CatalogFolder::holds(ByteView needle) const
{
    const QDir folder(QString::fromStdString(m_path));
    for (const QString& name : folder.entryList(QDir::Files)) {
        const Bytes bytes = read(name.toUtf8().constData());
        if (std::search(bytes.begin(), bytes.end(), needle.begin(), needle.end()) != bytes.end()) {
            return true;
        }
    }
    return false;
}

} // namespace carma::test
