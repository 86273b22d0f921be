// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/keys.h>

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDateTimeEdit;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace carma::gui {

/// What a new key may do. What was typed is checked as it is typed.
class NewKeyDialog : public QDialog {
    Q_OBJECT

public:
    NewKeyDialog(const std::vector<KeyRateClass>& classes, QWidget* parent);
    [[nodiscard]] Result<NewKey> wanted() const; ///< InvalidArgument says what is wrong

private:
    void build();
    void addRows(QFormLayout* form);
    void check();

    QLineEdit* m_owner;
    QLineEdit* m_label;
    QComboBox* m_permission;
    QLineEdit* m_scopes;
    QLineEdit* m_addresses;
    QComboBox* m_class;
    QCheckBox* m_expires;
    QDateTimeEdit* m_expiry;
    QSpinBox* m_quota;
    QCheckBox* m_counted;
    QSpinBox* m_credits;
    QLabel* m_verdict;
    QPushButton* m_make;
};

} // namespace carma::gui
