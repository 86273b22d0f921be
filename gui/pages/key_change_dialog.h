// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/keys.h>

#include <QDialog>

class QComboBox;
class QDateTimeEdit;
class QLineEdit;
class QSpinBox;

namespace carma::gui {

enum class KeyChange : int { Rotate, Suspend, Resume, Expire, Credits, Revoke };

/// Asks what a change of a key needs: a grace, a reason, a day, a number; to revoke, a word that is typed.
class KeyChangeDialog : public QDialog {
    Q_OBJECT

public:
    KeyChangeDialog(KeyChange change, const KeyInfo& key, QWidget* parent); ///< not for Resume, which needs nothing
    static QString word();                                                  ///< to be typed to revoke
    [[nodiscard]] KeyChange change() const { return m_change; }
    [[nodiscard]] std::string id() const { return m_id; }
    [[nodiscard]] std::string reason() const;
    [[nodiscard]] std::int64_t graceUs() const;
    [[nodiscard]] std::int64_t expiresUs() const; ///< 0: never
    [[nodiscard]] std::uint64_t credits() const;

private:
    const KeyChange m_change;
    const std::string m_id;
    QLineEdit* m_reason = nullptr;
    QComboBox* m_grace = nullptr;
    QComboBox* m_ends = nullptr;
    QDateTimeEdit* m_expiry = nullptr;
    QSpinBox* m_credits = nullptr;
};

} // namespace carma::gui
